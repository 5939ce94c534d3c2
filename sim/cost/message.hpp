// SPDX-License-Identifier: Apache-2.0
// How long a point-to-point message takes on links that nobody else uses, by how far apart the two GPUs are.
#pragma once

#include <array>

#include "sim/base/hardware.hpp"
#include "sim/cost/cost_parameters.hpp"
#include "sim/cost/costs.hpp"

namespace braid {

/// Overhead + link latency, and bytes over the reached bandwidth of the path: nothing on the same GPU; the fabric
/// inside a node (of a mesh one pair's links); one NIC between nodes. Kinds of path that the cluster does not have cost
/// 0.
std::array<CommCost, kPathKinds> message_costs(Bytes bytes, const Cluster& cluster, const Parameters& parameters);

}  // namespace braid
