// SPDX-License-Identifier: Apache-2.0
// The ranks that a run plays one by one: all tp * pp * dp places of a Program.
#pragma once

#include <vector>

#include "sim/program/program.hpp"

namespace braid::gpu {

struct Instance {
  int pp = 0;
  int tp = 0;
  int dp = 0;
  /// In the Timeline: the global rank; of a program of one place the rank that its ops name (a replay keeps the rank
  /// that it plays).
  int rank = 0;
};

/// In the order of their ranks.
std::vector<Instance> instances_of(const Program& program);

/// Positions of the instances that take part in the collectives of this one, itself included, by tp or dp.
std::vector<std::uint32_t> group_of(const std::vector<Instance>& instances, std::uint32_t of, Scope scope);

/// Position of the instance at pipeline rank `pp` in the column (tp, dp) of this one.
std::uint32_t pipeline_peer(const std::vector<Instance>& instances, std::uint32_t of, int pp);

}  // namespace braid::gpu
