// SPDX-License-Identifier: Apache-2.0
// How long a collective takes on links that nobody else uses: the fastest algorithm and protocol, as NCCL's tuner
// picks.
//
// t = base latency + steps x hop latency + bytes sent / bus bandwidth. Constants are priors from NCCL's tuning model
// (src/graph/tuning.cc; what 2.28 changed: a higher cap of the LL protocol on Hopper, in Parameters). Not modelled:
// NVLS for all-gather and reduce-scatter (needs registered buffers), NVLS trees over nodes, SHARP in the network,
// copy-engine collectives, NCCL's correction factors for medium-sized trees.
#pragma once

#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/cost_parameters.hpp"
#include "sim/cost/costs.hpp"
#include "sim/cost/group.hpp"

namespace braid {

enum class CollectiveAlgorithm : std::uint8_t { ring, tree, nvls, hierarchical };
enum class CollectiveProtocol : std::uint8_t { ll, ll128, simple };

/// One way to run a collective.
struct CollectivePlan {
  CollectiveAlgorithm algorithm = CollectiveAlgorithm::ring;
  CollectiveProtocol protocol = CollectiveProtocol::simple;
  CommCost cost{};
  Bytes sent{};  ///< by one GPU
};

/// What the members of a group have to talk over.
struct GroupLinks {
  BytesPerSecond intra{};      ///< bus bandwidth that a ring reaches inside a node
  BytesPerSecond in_switch{};  ///< link rate of in-switch reduction (NVLS); 0 without
  BytesPerSecond inter{};      ///< what leaves a node for the whole group: its members' NICs together
  Seconds intra_latency{};     ///< of the link itself, one hop
  Seconds inter_latency{};
  bool pcie = false;
};

/// Links of a group alone on the cluster. An NVLink mesh gives a group only the links between its members.
/// Throws Error("cluster.intra_bandwidth" or "cluster.nic_bandwidth", ...) if the group needs a link that is not there.
GroupLinks group_links(const GroupShape& group, const Cluster& cluster, const Parameters& parameters);

/// Share of the buffer that each member sends in a ring: 2 (n-1)/n for all-reduce, (n-1)/n for the two others;
/// nccl-tests calls bytes * share / time the bus bandwidth [nccl-tests, doc/PERFORMANCE.md].
double bus_factor(OpKind collective, int members);

/// Every way that applies, for a group of at least two. `bytes` is the full buffer: what all-reduce reduces, what
/// all-gather ends with, what reduce-scatter starts with.
std::vector<CollectivePlan> collective_plans(OpKind collective, Bytes bytes, const GroupShape& group,
                                             const GroupLinks& links, const Parameters& parameters);

/// The fastest of them; a group of one costs nothing.
CollectivePlan plan_collective(OpKind collective, Bytes bytes, const GroupShape& group, const Cluster& cluster,
                               const Parameters& parameters);

}  // namespace braid
