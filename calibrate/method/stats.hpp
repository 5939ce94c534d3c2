// SPDX-License-Identifier: Apache-2.0
// Order statistics of a set of samples. Host only.
#pragma once

#include <vector>

namespace braid {

struct Stats {
  int n = 0;
  double median = 0, p10 = 0, p90 = 0;  ///< in the unit of the samples; 0 when n is 0
  double p25 = 0, p75 = 0;
  double half_width = 0;  ///< of the 95 % interval of the median, see median_interval_rank
};

/// Nearest-rank percentiles; the median of an even count is the mean of the middle two.
Stats stats(std::vector<double> samples);

/// The largest k for which the interval from the k-th smallest to the k-th largest of n samples covers the median with
/// at least 95 %: 2 P(B <= k - 1) <= 0.05 with B binomial(n, 1/2), whatever the samples' distribution
/// [David and Nagaraja, Order Statistics, 3rd ed., section 7.1]. Below 6 samples there is none: 1, the whole range,
/// which covers less.
int median_interval_rank(int n);

}  // namespace braid
