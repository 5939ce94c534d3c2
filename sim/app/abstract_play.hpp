// SPDX-License-Identifier: Apache-2.0
// A schedule played at abstract costs by the engine: makespan, both bubbles, peak activations. No model, no cluster.
#pragma once

#include <string>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/program/lower.hpp"
#include "sim/schedule/schedule.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

struct AbstractRank {
  double first_start = 0, last_end = 0;
  double work = 0;  ///< sum of f, i, w of its actions: what no schedule can avoid
  int peak_netted = 0, peak_inclusive = 0, peak_until_w = 0;
};

struct AbstractPlay {
  Program program;  ///< an op a cell that is not empty, in order
  double makespan = 0;
  double bubble_global = 0;  ///< makespan minus work of the rank with the least of it to do
  double bubble_span = 0;    ///< most over ranks of last end minus first start minus work (the zero-bubble papers')
  std::vector<AbstractRank> ranks;
  Timeline timeline;  ///< in "seconds" that are units of cost
  Costs costs;
  /// Start of each cell by [rank][turn]; an empty cell starts where the one before it ended.
  std::vector<std::vector<double>> cell_start, cell_end;
};

/// Plays a checked schedule. Throws Error if its messages, grouped for `batched`, wait in a circle.
AbstractPlay play_abstract(const Schedule& schedule, const CellCosts& costs, P2pMode mode);

/// "f=1,i=1,w=1,ar=0,p2p=0" in any order, missing ones keep their default. Throws Error("--costs", ...).
CellCosts parse_cell_costs(const std::string& text);

}  // namespace braid
