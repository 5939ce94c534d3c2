// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/fabric.hpp"

#include "sim/base/error.hpp"
#include "sim/cost/path.hpp"

namespace braid {

Fabric::Fabric(const Cluster& cluster) : cluster_(cluster) {
  BRAID_CHECK(cluster.nodes > 0 && cluster.gpus_per_node > 0, "a cluster has GPUs");
  const bool mesh = cluster.intra == IntraNode::nvlink_mesh;
  const int leaf_groups = (cluster.nodes + cluster.nodes_per_leaf - 1) / cluster.nodes_per_leaf;
  leaf_switches_ = leaf_groups * (cluster.inter == InterNode::rail_optimized ? cluster.nics_per_node : 1);
  peers_ = mesh ? 0 : 2 * cluster.gpus();
  bridges_ = peers_ + (mesh ? cluster.gpus() * cluster.gpus_per_node : 0);
  nics_ = bridges_ + (cluster.intra == IntraNode::pcie ? 2 * cluster.nodes : 0);
  leaves_ = nics_ + 2 * cluster.nodes * cluster.nics_per_node;
  total_ = leaves_ + 2 * leaf_switches_;
}

LinkKind Fabric::kind(int link) const {
  const auto directed = [link](int first, LinkKind up, LinkKind down) { return (link - first) % 2 == 0 ? up : down; };
  if (link < peers_) return directed(0, LinkKind::gpu_up, LinkKind::gpu_down);
  if (link < bridges_) return LinkKind::peer;
  if (link < nics_) return directed(bridges_, LinkKind::bridge_up, LinkKind::bridge_down);
  if (link < leaves_) return directed(nics_, LinkKind::nic_up, LinkKind::nic_down);
  return directed(leaves_, LinkKind::leaf_up, LinkKind::leaf_down);
}

BytesPerSecond Fabric::capacity(int link) const {
  const Cluster& c = cluster_;
  switch (kind(link)) {
    case LinkKind::gpu_up:
    case LinkKind::gpu_down:
      return c.intra_bandwidth;
    case LinkKind::peer:
      return c.intra_bandwidth / (c.gpus_per_node - 1);
    case LinkKind::bridge_up:
    case LinkKind::bridge_down:
      return c.intra_bandwidth * (c.gpus_per_node * kHostBridgeShare);
    case LinkKind::nic_up:
    case LinkKind::nic_down:
      return c.nic_bandwidth;
    case LinkKind::leaf_up:
    case LinkKind::leaf_down:
      break;
  }
  // A switch has the up-links of a full leaf even if fewer nodes hang on it.
  const int nics_below = c.nodes_per_leaf * (c.inter == InterNode::rail_optimized ? 1 : c.nics_per_node);
  return c.nic_bandwidth * nics_below / c.oversubscription;
}

int Fabric::nic(int gpu) const {
  return node(gpu) * cluster_.nics_per_node + gpu % cluster_.gpus_per_node % cluster_.nics_per_node;
}

PathKind Fabric::path_kind(int from_gpu, int to_gpu) const { return braid::path_kind(cluster_, from_gpu, to_gpu); }

std::vector<int> Fabric::route(int from_gpu, int to_gpu) const {
  const PathKind path = path_kind(from_gpu, to_gpu);
  if (path == PathKind::same_gpu) return {};
  const bool pcie = cluster_.intra == IntraNode::pcie;
  if (path == PathKind::same_node) {
    const int peers = cluster_.gpus_per_node;
    if (cluster_.intra == IntraNode::nvlink_mesh) return {peers_ + from_gpu * peers + to_gpu % peers};
    if (!pcie) return {2 * from_gpu, 2 * to_gpu + 1};
    const int bridge = bridges_ + 2 * node(from_gpu);
    return {2 * from_gpu, bridge, bridge + 1, 2 * to_gpu + 1};
  }
  std::vector<int> links;
  if (pcie) links.push_back(2 * from_gpu);
  links.push_back(nics_ + 2 * nic(from_gpu));
  if (path == PathKind::cross_leaf) {
    links.push_back(leaves_ + 2 * leaf_switch_of(cluster_, from_gpu));
    links.push_back(leaves_ + 2 * leaf_switch_of(cluster_, to_gpu) + 1);
  }
  links.push_back(nics_ + 2 * nic(to_gpu) + 1);
  if (pcie) links.push_back(2 * to_gpu + 1);
  return links;
}

}  // namespace braid
