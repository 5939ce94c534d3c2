// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/errors.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "calibrate/method/stats.hpp"

namespace braid {

ErrorSummary summary(std::span<const Residual> residuals, const std::string& kind) {
  ErrorSummary s{.kind = kind, .count = static_cast<int>(residuals.size()), .worst_at = {}};
  if (residuals.empty()) return s;
  std::vector<double> sizes;
  for (const Residual& r : residuals) {
    const double error = r.error();
    sizes.push_back(std::abs(error));
    s.mean += std::abs(error) / s.count;
    s.bias += error / s.count;
    if (s.worst_at.empty() || std::abs(error) > std::abs(s.worst)) {
      s.worst = error;
      s.worst_at = r.shape;
    }
  }
  std::sort(sizes.begin(), sizes.end());
  const auto last = static_cast<double>(sizes.size() - 1);
  s.median = stats(sizes).median;
  s.p95 = sizes[static_cast<std::size_t>(std::ceil(0.95 * last))];
  return s;
}

std::vector<ErrorSummary> summaries(std::span<const Residual> residuals, bool rivals) {
  std::map<std::string, std::vector<Residual>> by_kind;
  for (const Residual& r : residuals) by_kind[r.kind].push_back(r);
  std::vector<ErrorSummary> all;
  all.reserve(by_kind.size() + 1);
  for (const auto& [kind, some] : by_kind) all.push_back(summary(some, kind));
  if (by_kind.size() != 1 && !rivals) all.push_back(summary(residuals, "all"));
  return all;
}

}  // namespace braid
