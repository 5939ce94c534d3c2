// SPDX-License-Identifier: Apache-2.0
// Keeps the best of the schedules that a search tries.
#pragma once

#include <optional>
#include <tuple>

#include "sim/schedule/replay.hpp"

namespace braid {

/// What a plan is judged by. The span is the longest of the ranks' own times from first start to last end: the cost of
/// the zero-bubble papers, whose ranks need not wait for one another at the end of a step.
enum class Judged { by_makespan, by_span };

class BestOf {
 public:
  BestOf(PassCosts costs, Judged judged) : costs_(costs), judged_(judged) {}

  /// Takes the schedule if it runs to its end, stays within `most_inclusive` and `most_until_w` chunk activations
  /// on every rank, and is better; first makespan (or span), then the other, then peak.
  void offer(Schedule schedule);
  /// The best; a search that found none has a bug, not a user.
  Schedule take();

  int most_inclusive = 1 << 30;
  int most_until_w = 1 << 30;

 private:
  PassCosts costs_;
  Judged judged_;
  std::optional<Schedule> best_;
  std::tuple<double, double, int> score_;
};

}  // namespace braid
