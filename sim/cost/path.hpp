// SPDX-License-Identifier: Apache-2.0
// How far apart two GPUs of a cluster are.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"

namespace braid {

/// The leaf switch above a GPU's NIC, from 0: one for each group of nodes, or one for each rail of it.
int leaf_switch_of(const Cluster& cluster, int gpu);

/// Two rails meet in the spine, also within one leaf group.
PathKind path_kind(const Cluster& cluster, int from_gpu, int to_gpu);

}  // namespace braid
