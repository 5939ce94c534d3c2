// SPDX-License-Identifier: Apache-2.0
// A schedule lowered to a few ops a block instead of its units.
//
// The compute of a block is one op, or several where something from outside enters or leaves between two: a braid has
// two inputs and two outputs, and the one that is ready first is sent first; buckets of gradients go out while the last
// block of a stage still runs. What a block communicates before its first compute op (head) and after its last one
// (tail) are ops on lane tp, so that they run beside the blocks next to it; all other collectives are inside the
// compute ops' times. Order, messages, batches and the end of the step are as in lower().
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/program/block_classes.hpp"

namespace braid {

/// How the blocks of one class are cut into ops; ops are numbered from the head, or the first piece, to the last tail.
struct BlockCut {
  bool head = false;
  int pieces = 1;
  int tails = 0;
  /// By side: the op that waits for its input, and the one behind which its output is there; -1 none.
  std::array<int, 2> entry{-1, -1};
  std::array<int, 2> exit{-1, -1};
  std::vector<int> gradients{};  ///< by gradient of the class: the op behind which it is there

  int ops() const { return (head ? 1 : 0) + pieces + tails; }
  bool operator==(const BlockCut&) const = default;
};

struct CoarseProgram {
  Program program;
  /// By class, the work of its first op; the others follow. They are of kind `fixed` and without a time.
  std::vector<std::uint16_t> first_work;
};

/// Lowers a checked schedule of a checked scenario. `blocks` and `transfers` are those of the schedule, `cuts` of the
/// classes that block_classes() found for the blocks; `spent` is a program that is not wanted any more, whose memory is
/// used again. Throws Error as lower() does.
CoarseProgram lower_blocks(const Schedule& schedule, const Scenario& scenario, const Run& run,
                           const std::vector<std::vector<Block>>& blocks, const Transfers& transfers,
                           const BlockClasses& classes, const std::vector<BlockCut>& cuts, CoarseProgram spent = {});

}  // namespace braid
