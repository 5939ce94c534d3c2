// SPDX-License-Identifier: Apache-2.0
// The blocks of a schedule by what they run: those of one class issue the same units, and there are few classes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/program/block_streams.hpp"

namespace braid {

/// The units of one class, issued on a rank of their own, whose inputs are there from the beginning.
struct BlockClass {
  struct Side {
    ActionType type = ActionType::F;
    StageLayers layers;           ///< with first = 0
    std::uint32_t entry = kNoOp;  ///< the first op that waits for the side's input; kNoOp: none does
    std::uint32_t exit = kNoOp;   ///< the op behind which its output is there; kNoOp of a W
  };
  /// A weight gradient that a bucket may wait for, where buckets go out before the block ends.
  struct Gradient {
    std::size_t side = 0;
    int layer = -1;  ///< from the first of its stage; -1: of the embedding or the head
    Unit unit = Unit::none;
    std::uint32_t op = kNoOp;
  };
  std::vector<Side> sides;  ///< by action of the block
  std::vector<Gradient> gradients;
  /// Names the class: equal for classes that issue the same units in scenarios of one model and one way to split it.
  std::array<int, 2> kind{-1, -1};
  RankProgram units;
};

struct BlockClasses {
  std::vector<BlockClass> all;
  std::vector<std::vector<std::uint16_t>> of;  ///< [rank][block], into `all`
};

/// Adds the works of the units to those of `works`.
BlockClasses block_classes(const std::vector<std::vector<Block>>& blocks, const std::vector<StageLayers>& stages,
                           const Scenario& scenario, const Run& run, UnitWorks& works);

}  // namespace braid
