// SPDX-License-Identifier: Apache-2.0
#include "validate/table/row_filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr const char* kWhere = "--where";

struct Condition {
  int PublishedRow::*column;
  std::string comparison;
  int bound;

  bool holds(const PublishedRow& row) const {
    const int value = row.*column;
    if (comparison == "<=") return value <= bound;
    if (comparison == ">=") return value >= bound;
    if (comparison == "<") return value < bound;
    if (comparison == ">") return value > bound;
    return value == bound;
  }
};

Condition condition_of(const std::string& text) {
  const std::size_t at = text.find_first_of("<>=");
  if (at == std::string::npos || at == 0) throw Error(kWhere, fmt::format("'{}' is not of the form tp<=8", text));
  const std::size_t length = text[at] != '=' && at + 1 < text.size() && text[at + 1] == '=' ? 2 : 1;
  const std::string number = text.substr(at + length);
  int bound = 0;
  const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), bound);
  if (fault != std::errc() || end != number.data() + number.size()) {
    throw Error(kWhere, fmt::format("'{}' is not of the form tp<=8: '{}' is no whole number", text, number));
  }
  return {.column = integer_column(text.substr(0, at), kWhere), .comparison = text.substr(at, length), .bound = bound};
}

}  // namespace

std::vector<PublishedRow> rows_where(std::vector<PublishedRow> rows, const std::vector<std::string>& conditions) {
  for (const std::string& text : conditions) {
    const Condition condition = condition_of(text);
    std::erase_if(rows, [&](const PublishedRow& row) { return !condition.holds(row); });
  }
  if (rows.empty()) throw Error(kWhere, fmt::format("no row has {}", fmt::join(conditions, " and ")));
  return rows;
}

std::vector<std::size_t> rows_of_ids(const std::vector<PublishedRow>& rows, const std::vector<std::string>& ids) {
  std::vector<std::string> known;
  for (const PublishedRow& row : rows) known.push_back(row.id);
  std::vector<std::size_t> found;
  for (const std::string& id : ids) {
    const auto at = std::find(known.begin(), known.end(), id);
    if (at == known.end()) {
      const std::string near = nearest_word(id, known);
      throw Error("--fit", fmt::format("no row '{}' among the {} chosen{}", id, rows.size(),
                                       near.empty() ? "" : ", did you mean '" + near + "'?"));
    }
    const auto index = static_cast<std::size_t>(at - known.begin());
    if (std::find(found.begin(), found.end(), index) != found.end()) {
      throw Error("--fit", fmt::format("row '{}' is named twice", id));
    }
    found.push_back(index);
  }
  return found;
}

}  // namespace braid
