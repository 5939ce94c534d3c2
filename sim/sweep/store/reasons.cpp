// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store/reasons.hpp"

#include <algorithm>
#include <cctype>
#include <unordered_map>

namespace braid {

std::string kind_of_reason(const std::string& reason) {
  std::string kind;
  for (std::size_t i = 0; i < reason.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(reason[i])) != 0;
    const bool inside = !kind.empty() && kind.back() == '#' && (reason[i] == '.' || reason[i] == ',') &&
                        i + 1 < reason.size() && std::isdigit(static_cast<unsigned char>(reason[i + 1])) != 0;
    if (digit || inside) {
      if (kind.empty() || kind.back() != '#') kind += '#';
    } else {
      kind += reason[i];
    }
  }
  return kind;
}

std::vector<ReasonCount> count_reasons(const std::vector<Configuration>& rows, ConfigurationStatus status) {
  std::unordered_map<std::string, std::size_t> by_kind;
  std::vector<ReasonCount> counts;
  for (const Configuration& row : rows) {
    if (row.status != status || row.point < 0) continue;
    const auto [found, is_new] = by_kind.try_emplace(kind_of_reason(row.reason), counts.size());
    if (is_new) counts.push_back({.reason = row.reason});
    ReasonCount& kind = counts[found->second];
    ++kind.count;
    kind.one_of_many = kind.one_of_many || kind.reason != row.reason;
  }
  std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return counts;
}

std::string to_text(const ReasonCount& reason) {
  return reason.reason + (reason.one_of_many ? " (or other numbers)" : "");
}

}  // namespace braid
