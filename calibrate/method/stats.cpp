// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/stats.hpp"

#include <algorithm>
#include <cmath>

namespace braid {

int median_interval_rank(int n) {
  // log P(B = i) keeps 2^-n from underflowing.
  double log_term = -n * std::log(2.0), below = 0;
  int k = 0;
  for (int i = 0; i < n; ++i) {
    below += std::exp(log_term);
    if (2 * below > 0.05) break;
    k = i + 1;
    log_term += std::log(static_cast<double>(n - i)) - std::log(static_cast<double>(i + 1));
  }
  return std::max(k, 1);
}

Stats stats(std::vector<double> samples) {
  if (samples.empty()) return {};
  std::sort(samples.begin(), samples.end());
  const auto n = samples.size();
  const auto rank = [&](double q) {
    return samples[static_cast<std::size_t>(std::lround(q * static_cast<double>(n - 1)))];
  };
  const double median = n % 2 ? samples[n / 2] : 0.5 * (samples[n / 2 - 1] + samples[n / 2]);
  const auto k = static_cast<std::size_t>(median_interval_rank(static_cast<int>(n)));
  return {.n = static_cast<int>(n),
          .median = median,
          .p10 = rank(0.1),
          .p90 = rank(0.9),
          .p25 = rank(0.25),
          .p75 = rank(0.75),
          .half_width = 0.5 * (samples[n - k] - samples[k - 1])};
}

}  // namespace braid
