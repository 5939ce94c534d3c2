// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/message.hpp"

namespace braid {

std::array<CommCost, kPathKinds> message_costs(Bytes bytes, const Cluster& cluster, const Parameters& p) {
  std::array<CommCost, kPathKinds> costs{};
  const auto at = [&costs](PathKind path) -> CommCost& { return costs[static_cast<std::size_t>(path)]; };
  const Seconds overhead(p.message_overhead_s);
  if (cluster.gpus_per_node > 1 && cluster.intra_bandwidth.value > 0) {
    double reached = cluster.intra == IntraNode::pcie ? p.pcie_efficiency : p.nvlink_efficiency;
    if (cluster.intra == IntraNode::nvlink_mesh) reached /= cluster.gpus_per_node - 1;
    at(PathKind::same_node) = {.latency = overhead + cluster.intra_latency,
                               .transfer = bytes / (cluster.intra_bandwidth * reached)};
  }
  if (cluster.nodes > 1 && cluster.nic_bandwidth.value > 0) {
    const Seconds transfer = bytes / (cluster.nic_bandwidth * p.nic_efficiency);
    at(PathKind::same_leaf) = {.latency = overhead + cluster.inter_latency, .transfer = transfer};
    at(PathKind::cross_leaf) = {.latency = overhead + cluster.inter_latency + Seconds(p.spine_latency_s),
                                .transfer = transfer};
  }
  return costs;
}

}  // namespace braid
