// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/path.hpp"

namespace braid {

int leaf_switch_of(const Cluster& cluster, int gpu) {
  const int group = gpu / cluster.gpus_per_node / cluster.nodes_per_leaf;
  if (cluster.inter == InterNode::fat_tree) return group;
  return group * cluster.nics_per_node + gpu % cluster.gpus_per_node % cluster.nics_per_node;
}

PathKind path_kind(const Cluster& cluster, int from_gpu, int to_gpu) {
  if (from_gpu == to_gpu) return PathKind::same_gpu;
  if (from_gpu / cluster.gpus_per_node == to_gpu / cluster.gpus_per_node) return PathKind::same_node;
  const bool one_leaf = leaf_switch_of(cluster, from_gpu) == leaf_switch_of(cluster, to_gpu);
  return one_leaf ? PathKind::same_leaf : PathKind::cross_leaf;
}

}  // namespace braid
