// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/stats.hpp"

#include <algorithm>
#include <cmath>

namespace braid {

Stats stats(std::vector<double> samples) {
  if (samples.empty()) return {};
  std::sort(samples.begin(), samples.end());
  const auto n = samples.size();
  const auto rank = [&](double q) {
    return samples[static_cast<std::size_t>(std::lround(q * static_cast<double>(n - 1)))];
  };
  const double median = n % 2 ? samples[n / 2] : 0.5 * (samples[n / 2 - 1] + samples[n / 2]);
  return {.n = static_cast<int>(n), .median = median, .p10 = rank(0.1), .p90 = rank(0.9)};
}

}  // namespace braid
