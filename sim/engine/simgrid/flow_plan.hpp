// SPDX-License-Identifier: Apache-2.0
// What SimGrid is given: routes over links with capacities, and which transfers start flows on which of them.
#pragma once

#include <optional>
#include <vector>

#include "sim/cost/network_load.hpp"
#include "sim/engine/core/event_core.hpp"

namespace braid {

struct FlowPlan {
  struct Transfer {
    std::vector<std::size_t> routes;  ///< a flow on each
    double rate = 0;  ///< bytes/s; a flow's volume is this times the seconds that the transfer takes alone
  };
  std::vector<double> capacity;          ///< bytes/s, by link; shared by the copies that one played flow stands for
  std::vector<std::vector<int>> routes;  ///< links
  std::vector<Transfer> transfers;
  FlowOf flow_of;  ///< into transfers
};

/// The plan of an unfolded play.
FlowPlan unfolded_flows(const Program& program, const Fabric& fabric, const Replicas& replicas, bool closed_form);

/// The plan of a folded play, or nothing if the columns do not load the network alike: then it must be unfolded.
/// Flows that stand for their copies where every link carries as many of each; otherwise all copies are played.
std::optional<FlowPlan> folded_flows(const Program& program, const Fabric& fabric, bool closed_form);

}  // namespace braid
