// SPDX-License-Identifier: Apache-2.0
// A sweep's allowance of wall-clock time, and Ctrl-C: both are looked at between points, so that a sweep ends in order
// instead of being killed.
#pragma once

#include <chrono>
#include <functional>
#include <utility>

namespace braid {

class Budget {
 public:
  /// `stop` ends the sweep before its time: the user asked. Unset: nobody can.
  explicit Budget(double seconds, std::function<bool()> stop = nullptr)
      : end_(Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))),
        stop_(std::move(stop)) {}
  /// Ask before a point that is still to be measured: true means leave it out, and is remembered.
  bool spent() const {
    const bool over = (stop_ && stop_()) || Clock::now() >= end_;
    cut_ = cut_ || over;
    return over;
  }
  /// A point was given up, without the allowance being the reason.
  void leave_out() const { cut_ = true; }
  /// Whether a point was left out: the table is cut short.
  bool cut() const { return cut_; }
  double seconds_left() const { return std::chrono::duration<double>(end_ - Clock::now()).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point end_;
  std::function<bool()> stop_;
  mutable bool cut_ = false;
};

}  // namespace braid
