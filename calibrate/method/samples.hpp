// SPDX-License-Identifier: Apache-2.0
// Samples of one op, and what they say once those that were throttled are out. Host only.
#pragma once

#include <span>

#include "calibrate/method/stats.hpp"
#include "calibrate/method/throttle_log.hpp"

namespace braid {

struct Sample {
  double us = 0;                ///< of one launch
  double mhz = 0;               ///< of the SMs while it ran; 0: unknown
  double from_s = 0, to_s = 0;  ///< when, on the log's clock
};

struct Judged {
  Stats us;
  Stats kcycles;         ///< microseconds times MHz over 1000, of the samples whose clock is known
  double clock_mhz = 0;  ///< median; 0 when no clock is known
  int throttled = 0;     ///< samples left out of all of these
};

Judged judge(std::span<const Sample> samples, const ThrottleLog& log);

}  // namespace braid
