// SPDX-License-Identifier: Apache-2.0
// Order statistics of a set of samples. Host only.
#pragma once

#include <vector>

namespace braid {

struct Stats {
  int n = 0;
  double median = 0, p10 = 0, p90 = 0;  ///< in the unit of the samples; 0 when n is 0
};

/// Nearest-rank percentiles; the median of an even count is the mean of the middle two.
Stats stats(std::vector<double> samples);

}  // namespace braid
