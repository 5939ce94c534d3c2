// SPDX-License-Identifier: Apache-2.0
// How far a sweep is, told while it runs.
#pragma once

#include <chrono>
#include <string>

#include "sim/app/progress.hpp"
#include "sim/sweep/run/run_sweep.hpp"

namespace braid {

/// "screening 4120 of 10000, 812 a second, 8 s left; 311 pruned, 20 do not fit, 2 failed".
std::string to_text(const SweepProgress& progress);

/// On a terminal one line that is written anew (style bar), or lines for a program that waits: "progress 0.333 ...". No
/// thread of its own, so that workers may be forked beside it.
class SweepTicker {
 public:
  explicit SweepTicker(ProgressStyle style);
  ~SweepTicker();
  SweepTicker(const SweepTicker&) = delete;
  SweepTicker& operator=(const SweepTicker&) = delete;
  void tell(const SweepProgress& progress);
  /// Takes the line away.
  void clear();

 private:
  ProgressStyle style_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point told_;
};

}  // namespace braid
