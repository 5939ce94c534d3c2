// SPDX-License-Identifier: Apache-2.0
// What SimGrid is given: routes over links with capacities, and which transfers start flows on which of them.
#pragma once

#include <vector>

#include "sim/cost/network_load.hpp"
#include "sim/engine/core/event_core.hpp"
#include "sim/engine/core/symmetry.hpp"

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

/// By transfer of the load: whether SimGrid plays it. With `closed_form` those that can meet another; of those that may
/// stand for one another all if one can. Without, all that leave a GPU.
std::vector<bool> played_transfers(const NetworkLoad& load, bool closed_form, bool may_fold);

/// One flow of each colour of flow, over one link of each colour of link, where every link carries as many of each;
/// else all flows over all links. `replicas` are those of `symmetry`.
FlowPlan plan_flows(const NetworkLoad& load, const Fabric& fabric, const Replicas& replicas, const Symmetry& symmetry,
                    const std::vector<bool>& played);

}  // namespace braid
