// SPDX-License-Identifier: Apache-2.0
// A greedy list scheduler under a memory limit: whenever a rank is free it takes the best pass that is ready.
//
// It looks ahead only as far as messages already under way. The searched schedules run it with many policies and keep
// the best outcome. Unlike the published searches it has no integer program behind it.
#pragma once

#include <optional>
#include <vector>

#include "sim/schedule/replay.hpp"

namespace braid {

/// The passes of each rank in order, without braids and pauses.
using PassOrder = std::vector<std::vector<Action>>;

struct ListProblem {
  int ranks = 0;
  int microbatches = 0;
  bool v_shaped = false;  ///< two chunks a rank, stages r and 2p-1-r; else one
  bool split = true;      ///< I and W apart, else B
  PassCosts costs;
  double memory_limit = 0;  ///< activations of one stage alive on a rank
  double kept_for_w = 1;    ///< share of an activation that stays from I to W
};

/// A pass of one of a rank's chunks.
struct PassKind {
  bool gradient = false;
  int chunk = 0;
};

struct ListPolicy {
  std::vector<PassKind> priority;      ///< of what is ready, best first
  double wait_for_first_gradient = 0;  ///< leave a ready F while the rank's first gradient is this near, in times f
  double wait_for_gradient = 0;        ///< the same for later gradients
  double weight_overrun = 0;           ///< a W may delay the next pass by this much, in times w
};

/// Empty if the policy runs into a wall of memory, which a limit of at least one activation a chunk rules out.
std::optional<PassOrder> list_schedule(const ListProblem& problem, const ListPolicy& policy);

/// As a schedule, a cell a pass.
Schedule schedule_of(const char* name, const ListProblem& problem, const PassOrder& order);

}  // namespace braid
