// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/group.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/base/error.hpp"

namespace braid {
namespace {

GroupShape shape_of(const std::vector<int>& gpus, int gpus_per_node) {
  std::map<int, int> on_node;
  for (const int gpu : gpus) ++on_node[gpu / gpus_per_node];
  int fewest = static_cast<int>(gpus.size());
  for (const auto& [node, count] : on_node) fewest = std::min(fewest, count);
  return {.members = static_cast<int>(gpus.size()), .nodes = static_cast<int>(on_node.size()), .per_node = fewest};
}

}  // namespace

Groups groups_of(const Placement& placement, Scope scope, const Cluster& cluster) {
  BRAID_CHECK(cluster.gpus_per_node > 0, "a node has GPUs");
  const bool tp = scope == Scope::tp;
  const int size = tp ? placement.tp : placement.dp;
  const int others = tp ? placement.dp : placement.tp;
  Groups groups;
  bool first = true;
  std::vector<int> gpus(static_cast<std::size_t>(size));
  for (int stage = 0; stage < placement.pp; ++stage) {
    for (int other = 0; other < others; ++other) {
      for (int member = 0; member < size; ++member) {
        gpus[static_cast<std::size_t>(member)] =
            tp ? placement.gpu(member, stage, other) : placement.gpu(other, stage, member);
      }
      const GroupShape shape = shape_of(gpus, cluster.gpus_per_node);
      if (!first && shape != groups.worst) groups.alike = false;
      const auto badness = [](const GroupShape& s) { return std::tuple(s.nodes, -s.per_node); };
      if (first || badness(shape) > badness(groups.worst)) groups.worst = shape;
      first = false;
    }
  }
  return groups;
}

}  // namespace braid
