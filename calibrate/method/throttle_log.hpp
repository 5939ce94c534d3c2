// SPDX-License-Identifier: Apache-2.0
// What the driver said about slowing down, and when, so that each sample is judged by the state while it ran. Host
// only.
#pragma once

#include <deque>
#include <mutex>

namespace braid {

/// NVML event reasons that spoil a sample: hardware slowdown 0x8, software and hardware thermal 0x20 and 0x40, power
/// brake 0x80 [nvml.h, nvmlClocksEventReason*]. The software power cap, 0x4, is how the GPU normally runs at full load.
inline constexpr unsigned long long kThrottled = 0x8 | 0x20 | 0x40 | 0x80;

class ThrottleLog {
 public:
  /// A reading at `seconds` of a clock that does not go back; readings come in order. Those older than a minute go.
  void add(double seconds, unsigned long long reasons);
  /// Whether a reading within [from, to], the last one before or the first one after shows a reason of kThrottled.
  /// False without readings.
  bool throttled(double from, double to) const { return reasons(from, to) != 0; }
  /// The reasons of kThrottled that those readings show.
  unsigned long long reasons(double from, double to) const;

 private:
  struct Reading {
    double seconds;
    unsigned long long reasons;
  };
  mutable std::mutex mutex_;
  std::deque<Reading> readings_;
};

}  // namespace braid
