// SPDX-License-Identifier: Apache-2.0
// Which action each rank runs, in which order: no models, no times.
//
// Words as in torch.distributed.pipelining: a stage is a virtual pipeline stage (chunk c of a rank is one of its
// stages), F forward, I gradient of the input, W gradient of the weights, B = I and W. All counts start at 0.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/error.hpp"

namespace braid {

enum class ActionType : std::uint8_t { F, I, W, B };

/// One pass of one microbatch through one stage.
struct Action {
  ActionType type = ActionType::F;
  int stage = 0;
  int microbatch = 0;
  auto operator<=>(const Action&) const = default;
};

/// What a rank does in one turn: nothing (a deliberate bubble), one action, or two that are braided.
/// In a braid the first action leads; (F;B) and (F;I) are torch's OVERLAP_F_B, (F;W) and (F;F) are our extension.
struct Cell {
  std::vector<Action> actions;  ///< 0, 1 or 2
  bool empty() const { return actions.empty(); }
  bool braided() const { return actions.size() == 2; }
  bool operator==(const Cell&) const = default;
};

/// One row of cells a rank. Built by a generator or read from a file; `check` says whether it means something.
struct Schedule {
  std::string name;
  int microbatches = 0;
  std::vector<int> rank_of_stage;  ///< where stage s lives
  /// DualPipe alone: where stage s lives for microbatches >= microbatches/2; empty for all others.
  std::vector<int> reverse_rank_of_stage;
  std::vector<std::vector<Cell>> rows;  ///< [rank][turn]

  int ranks() const { return static_cast<int>(rows.size()); }
  int stages() const { return static_cast<int>(rank_of_stage.size()); }
  bool bidirectional() const { return !reverse_rank_of_stage.empty(); }
  int rank_of(int stage, int microbatch) const {
    const bool reverse = bidirectional() && microbatch >= microbatches / 2;
    return (reverse ? reverse_rank_of_stage : rank_of_stage)[static_cast<std::size_t>(stage)];
  }
  /// Stages of one rank in ascending order; their position is the chunk number. Includes the reverse direction's.
  std::vector<int> stages_of(int rank) const;
  bool operator==(const Schedule&) const = default;
};

/// Every fault: a pass missing or done twice, I before F or W before I on a rank, an action on the wrong rank, a
/// stage or microbatch out of range, an order in which ranks wait for one another forever. Empty if there is none.
std::vector<Issue> check(const Schedule& schedule);

/// One line a rank, "0: F0.0 F0.1 [F1.0+I1.0] ...", cells as <action><stage>.<microbatch>; readable by hand.
std::string to_text(const Schedule& schedule);

/// When each cell would run if F = I = W = 1, B = 2, a braid the sum of its parts, and messages cost nothing.
struct UnitTimes {
  std::vector<std::vector<int>> start;  ///< [rank][turn]; an empty cell has the time at which the rank reached it
  std::vector<std::vector<int>> end;
  int makespan = 0;
};
/// Dependency-only ("eager") times in whole slots; needs a checked schedule.
UnitTimes unit_times(const Schedule& schedule);

}  // namespace braid
