// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store/order_change.hpp"

#include <algorithm>
#include <cmath>

namespace braid {
namespace {

/// Indices of rows, most `figure` first, of equal ones the first point.
template <class Figure>
std::vector<std::size_t> order_by(const std::vector<Configuration>& rows, const Figure& figure) {
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const double left = figure(rows[a]), right = figure(rows[b]);
    return left != right ? left > right : rows[a].point < rows[b].point;
  });
  return order;
}

}  // namespace

double screened_tokens_per_s(const Configuration& row) {
  if (row.screened_step_time_s <= 0) return 0;
  return double(row.microbatches) * row.microbatch_size * row.sequence * row.dp / row.screened_step_time_s;
}

bool is_refined(const Configuration& row) {
  const bool as_screened = row.network == "ideal" && row.step_time_s == row.screened_step_time_s;
  return row.ok() && row.grain == "unit" && row.screened_step_time_s > 0 && !as_screened;
}

OrderChange order_change(const std::vector<Configuration>& rows) {
  std::vector<Configuration> refined;
  for (const Configuration& row : rows) {
    if (is_refined(row)) refined.push_back(row);
  }
  if (refined.empty()) return {};
  const std::vector<std::size_t> screened = order_by(refined, screened_tokens_per_s);
  const std::vector<std::size_t> played = order_by(refined, [](const Configuration& row) { return row.tokens_per_s; });
  OrderChange change{.refined = static_cast<int>(refined.size())};
  for (std::size_t place = 0; place < played.size(); ++place) {
    if (screened[place] != played[place]) ++change.moved;
    if (screened[place] == played.front()) change.best_was = static_cast<int>(place) + 1;
  }
  std::vector<double> errors;
  for (const Configuration& row : refined)
    errors.push_back(std::abs(row.screened_step_time_s - row.step_time_s) / row.step_time_s);
  std::sort(errors.begin(), errors.end());
  change.largest_error = errors.back();
  change.median_error = errors[errors.size() / 2];
  return change;
}

}  // namespace braid
