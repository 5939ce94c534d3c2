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
  std::vector<Side> sides;  ///< by action of the block
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
