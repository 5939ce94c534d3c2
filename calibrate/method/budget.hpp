// SPDX-License-Identifier: Apache-2.0
// A wall-clock allowance that a sweep checks between points, so that it ends in order instead of being killed.
#pragma once

#include <chrono>

namespace braid {

class Budget {
 public:
  explicit Budget(double seconds)
      : end_(Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}
  bool spent() const { return Clock::now() >= end_; }
  double seconds_left() const { return std::chrono::duration<double>(end_ - Clock::now()).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point end_;
};

}  // namespace braid
