// SPDX-License-Identifier: Apache-2.0
// What labels of actions allow: how long each type of action computes, and in which order a rank ran them.
#pragma once

#include <string>
#include <vector>

#include "validate/trace/class_times.hpp"

namespace braid {

struct ActionComparison {
  std::vector<ActionTime> times;
  std::vector<ActionOrder> orders;
  std::vector<std::string> not_compared;  ///< why something is missing
};

/// An action is found in the program by its pass, its microbatch and its chunk, the position of its stage among those
/// that the rank labels. A predicted B is I and W and what they recompute. Programs of abstract costs have no passes.
ActionComparison compare_actions(const std::vector<JoinedRank>& ranks, const Program& program);

}  // namespace braid
