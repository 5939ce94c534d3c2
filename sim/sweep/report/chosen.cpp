// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/chosen.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <unordered_map>

#include "sim/base/error.hpp"
#include "sim/base/units.hpp"
#include "sim/sweep/plan/expand.hpp"

namespace braid {

const std::string& ChosenField::text(std::size_t row) const {
  static const std::string nothing;
  return at[row] == kNotChosen ? nothing : values[at[row]];
}

std::vector<ChosenField> chosen_fields(const std::vector<Configuration>& rows, const std::string& where) {
  std::vector<ChosenField> fields;
  std::unordered_map<std::string, std::size_t> by_name;
  std::vector<std::unordered_map<std::string, std::uint32_t>> by_value;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].choice.empty()) continue;
    for (const auto& [name, value] :
         parse_choice(rows[row].choice, fmt::format("{}: configuration {}", where, rows[row].id))) {
      if (name == "run") continue;
      const auto [found, is_new] = by_name.try_emplace(name, fields.size());
      if (is_new) {
        fields.push_back({.name = name, .values = {}, .at = std::vector<std::uint32_t>(rows.size(), kNotChosen)});
        by_value.emplace_back();
      }
      ChosenField& field = fields[found->second];
      const auto [index, unseen] =
          by_value[found->second].try_emplace(value, static_cast<std::uint32_t>(field.values.size()));
      if (unseen) field.values.push_back(value);
      field.at[row] = index->second;
    }
  }
  return fields;
}

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault == std::errc() && stop == end) return std::isfinite(value) ? std::optional(value) : std::nullopt;
  if (fault != std::errc()) return std::nullopt;
  // Which kind of quantity it is says its unit alone.
  try {
    return parse_seconds(text, "").value;
  } catch (const Error&) {}
  try {
    return parse_bytes(text, "").value;
  } catch (const Error&) {}
  try {
    return parse_bandwidth(text, "").value;
  } catch (const Error&) {}
  try {
    return parse_flop_rate(text, "").value;
  } catch (const Error&) { return std::nullopt; }
}

}  // namespace braid
