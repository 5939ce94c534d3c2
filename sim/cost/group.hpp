// SPDX-License-Identifier: Apache-2.0
// Where the members of a communication group sit: how many nodes, and how many of them share one.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/program/program.hpp"

namespace braid {

struct GroupShape {
  int members = 1;
  int nodes = 1;
  int per_node = 1;  ///< members on the node that holds the fewest of them
  bool operator==(const GroupShape&) const = default;
};

/// The groups of one scope under a placement.
struct Groups {
  GroupShape worst;   ///< the one over most nodes; among these the one with the fewest members on some node
  bool alike = true;  ///< whether all groups of the scope have that shape
};

/// Members of a group differ in the coordinate of the scope alone; GPU g sits in node g / gpus_per_node.
Groups groups_of(const Placement& placement, Scope scope, const Cluster& cluster);

}  // namespace braid
