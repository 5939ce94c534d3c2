// SPDX-License-Identifier: Apache-2.0
#include "validate/table/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace braid {
namespace {

/// Groups in the order of their numbers.
template <typename Key, typename KeyOf, typename NameOf>
void add_groups(std::vector<GroupErrors>& groups, const std::vector<PredictedRow>& rows, KeyOf key_of, NameOf name_of) {
  std::map<Key, std::vector<PredictedRow>> by_key;
  for (const PredictedRow& row : rows) by_key[key_of(row.row)].push_back(row);
  for (const auto& [key, members] : by_key) {
    const TableErrors errors = error_summary(members);
    if (errors.rows > 0) groups.push_back({.group = name_of(members.front().row), .errors = errors});
  }
}

}  // namespace

TableErrors error_summary(const std::vector<PredictedRow>& rows) {
  TableErrors summary;
  std::vector<double> errors;
  for (const PredictedRow& row : rows) {
    if (row.fitted) continue;
    errors.push_back(100 * std::abs(row.error()));
    summary.mape += errors.back();
    summary.bias += 100 * row.error();
    summary.baseline_mape += 100 * std::abs(row.baseline_error());
  }
  if (errors.empty()) return summary;
  summary.rows = static_cast<int>(errors.size());
  summary.mape /= summary.rows;
  summary.bias /= summary.rows;
  summary.baseline_mape /= summary.rows;
  std::sort(errors.begin(), errors.end());
  const std::size_t half = errors.size() / 2;
  summary.median = errors.size() % 2 == 1 ? errors[half] : (errors[half - 1] + errors[half]) / 2;
  summary.worst = errors.back();
  return summary;
}

std::vector<GroupErrors> errors_by_group(const std::vector<PredictedRow>& rows) {
  std::vector<GroupErrors> groups;
  const auto by_number = [&](const char* name, int PublishedRow::*column) {
    add_groups<int>(
        groups, rows, [&](const PublishedRow& row) { return row.*column; },
        [&](const PublishedRow& row) { return fmt::format("{} {}", name, row.*column); });
  };
  by_number("TP", &PublishedRow::tp);
  by_number("PP", &PublishedRow::pp);
  by_number("DP", &PublishedRow::dp);
  by_number("microbatch", &PublishedRow::microbatch);
  add_groups<std::pair<int, int>>(
      groups, rows, [](const PublishedRow& row) { return std::pair(row.hidden, row.layers); },
      [](const PublishedRow& row) { return "model " + row.size(); });
  return groups;
}

std::vector<PredictedRow> worst_rows(std::vector<PredictedRow> rows, std::size_t count) {
  std::erase_if(rows, [](const PredictedRow& row) { return row.fitted; });
  std::stable_sort(rows.begin(), rows.end(), [](const PredictedRow& a, const PredictedRow& b) {
    return std::abs(a.error()) > std::abs(b.error());
  });
  if (rows.size() > count) rows.resize(count);
  return rows;
}

}  // namespace braid
