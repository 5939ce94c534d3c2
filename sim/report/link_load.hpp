// SPDX-License-Identifier: Apache-2.0
// How full the links of the cluster are over time, class by class.
//
//   load(class, t) = sum over transfers under way at t of bytes x links of the class crossed / time under way
//                    / (links of the class in the cluster x capacity of one)
//
// Bytes and links are those of network_load(): a message is one flow, a collective a ring with one flow from each
// member to the next of bytes x bus_factor() (collective.hpp), or of what Costs::prices says that a GPU sends where
// that is less and the group stays in a node: in-switch reduction. Over nodes other algorithms than a ring move other
// bytes over the same ports. The rate of a transfer is its mean: where one of two that share a link is alone for a part
// of its time, the sum of their means can pass what the link carries while both are under way. Every direction of a
// link carries as much as the other in sum, since what leaves one end enters another, so one direction is counted
// against the capacity of one. Of a folded play all tp
// * dp copies are counted. Capacities are nominal, as a data sheet gives them. So the integral of load x capacity is
// the bytes, a class at a time.
#pragma once

#include <string>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/memory/played.hpp"
#include "sim/report/steps.hpp"

namespace braid {

struct LinkLoad {
  struct Class {
    std::string name;  ///< "NVLink", "PCIe", "host bridge", "NIC", "leaf to spine"
    BytesPerSecond capacity{};
    Bytes bytes{};  ///< that the step moves over it
  };
  std::vector<Class> classes;  ///< those that something crosses
  Steps load;                  ///< a column for each, shares of its capacity
};

/// A transfer is under way from its start, after the latency that `costs` has for it, to its end. Without costs
/// (measured runs): all of its span, what it waits inside it too, so that the rate is its mean. A transfer without
/// duration is left out.
LinkLoad link_load(const Played& played, const Cluster& cluster, const Costs* costs = nullptr);

}  // namespace braid
