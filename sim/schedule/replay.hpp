// SPDX-License-Identifier: Apache-2.0
// Plays the cells of a schedule at abstract costs: the one place that knows what waits for what between ranks.
//
// Dependency-only ("eager") times: a cell starts when its rank is free and all its inputs have arrived; all its
// outputs leave when it ends; a receiver never delays a sender. Used to find ranks that wait for one another
// forever, for unit times, and by the searched schedules to judge a plan. The engine has its own clock.
#pragma once

#include <optional>
#include <vector>

#include "sim/schedule/schedule.hpp"

namespace braid {

/// What one action costs on any stage; B costs i + w, a braid the sum of its parts; `comm` is a message's delay.
struct PassCosts {
  double f = 1;
  double i = 1;
  double w = 1;
  double comm = 0;

  double of(ActionType type) const;
  double of(const Cell& cell) const;
};

/// The pass whose end another pass waits for; of a B or I (`gradient`) or of an F.
struct Input {
  bool gradient = false;
  int stage = 0;
  int microbatch = 0;
};

/// What `action` needs from the stage before it (F) or after it (I, B); none at the ends of the pipeline and for W.
std::optional<Input> input_of(const Action& action, int stages);

struct Replay {
  std::vector<std::vector<double>> start;  ///< [rank][turn], as far as the rank came
  std::vector<std::vector<double>> end;
  double makespan = 0;
  bool complete = true;  ///< no rank is left waiting; start[r].size() is the turn at which rank r is stuck
};

/// Needs every action within range and each pass at most once. Takes time linear in the number of cells.
Replay replay(const Schedule& schedule, const PassCosts& costs);

}  // namespace braid
