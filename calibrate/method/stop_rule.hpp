// SPDX-License-Identifier: Apache-2.0
// When a point has been sampled enough. Host only. The interval takes the samples for independent; samples of one
// stretch of a wandering clock are not, which is why sweeps measure in turns.
#pragma once

#include "calibrate/method/stats.hpp"

namespace braid {

struct StopRule {
  int samples = 31;             ///< at least so many
  double long_sample_s = 0.02;  ///< a sample longer than this makes the point a long one,
  int long_samples = 9;         ///< which needs only so many; the column `samples` tells
  double half_width = 0.01;     ///< of the median's 95 % interval, as a share of the median: under it, stop
  double seconds = 1;           ///< or after so much sampled time

  /// How many samples a point needs at least when one takes `sample_s`.
  int at_least(double sample_s) const { return sample_s > long_sample_s ? long_samples : samples; }
  /// `so_far`: the samples that count, `sampled_s`: the time of all samples, throttled ones too. A point of which
  /// throttling leaves too few ends at four times `seconds`.
  bool enough(const Stats& so_far, double sample_s, double sampled_s) const {
    if (sampled_s >= 4 * seconds) return true;
    if (so_far.n < at_least(sample_s)) return false;
    return so_far.half_width < half_width * so_far.median || sampled_s >= seconds;
  }
};

}  // namespace braid
