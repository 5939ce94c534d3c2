// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/throttle_log.hpp"

#include <algorithm>

namespace braid {

void ThrottleLog::add(double seconds, unsigned long long reasons) {
  constexpr double kKept = 60;
  const std::lock_guard lock(mutex_);
  if (!readings_.empty() && seconds < readings_.back().seconds) seconds = readings_.back().seconds;
  readings_.push_back({seconds, reasons});
  while (readings_.front().seconds < seconds - kKept) readings_.pop_front();
}

unsigned long long ThrottleLog::reasons(double from, double to) const {
  const std::lock_guard lock(mutex_);
  const auto by_time = [](const Reading& r, double t) { return r.seconds < t; };
  auto first = std::lower_bound(readings_.begin(), readings_.end(), from, by_time);
  auto last = std::upper_bound(first, readings_.end(), to, [](double t, const Reading& r) { return t < r.seconds; });
  if (first != readings_.begin()) --first;
  if (last != readings_.end()) ++last;
  unsigned long long all = 0;
  for (; first != last; ++first) all |= first->reasons;
  return all & kThrottled;
}

}  // namespace braid
