// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/collective.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "sim/base/error.hpp"

namespace braid {
namespace {

/// Latencies of NCCL's tuning model for the protocols LL, LL128, Simple [NCCL src/graph/tuning.cc: baseLat, hwLat].
using PerProtocol = std::array<double, 3>;
constexpr PerProtocol kRingBase = {6.6e-6, 14.0e-6, 8.4e-6};
constexpr PerProtocol kRingNvlink = {0.6e-6, 1.9e-6, 3.4e-6};
constexpr PerProtocol kRingPcie = {1.0e-6, 2.5e-6, 5.7e-6};
constexpr PerProtocol kRingNet = {2.7e-6, 4.0e-6, 14.0e-6};
constexpr PerProtocol kTreeBase = {6.8e-6, 14.0e-6, 0.0};
constexpr PerProtocol kTreeNvlink = {0.6e-6, 1.25e-6, 28.0e-6};
constexpr PerProtocol kTreePcie = {1.0e-6, 1.9e-6, 28.0e-6};
constexpr PerProtocol kTreeNet = {5.0e-6, 8.5e-6, 28.0e-6};
constexpr double kNvlsLatency = 23e-6;
/// NCCL's hop constants were taken over real links; these link latencies are taken out so that a cluster's own can be
/// put in. Assumed: one NVLink, PCIe and InfiniBand traversal.
constexpr double kNvlinkInPrior = 0.5e-6;
constexpr double kPcieInPrior = 0.7e-6;
constexpr double kNetInPrior = 1.5e-6;
/// Bandwidth of the protocols against Simple: 120 of 128 bytes are data (0.92 reached), 0.7 where a GPU sends and
/// receives through one NIC; LL stores a flag beside each word [same file].
constexpr double kLl128Share = 0.92;
constexpr double kLl128ShareOneGpuNodes = 0.7;
constexpr double kLlShareReduce = 1.0 / 4.0;
constexpr double kLlShareGather = 1.0 / 3.0;
constexpr double kTreeShare = 0.92;
constexpr double kTreeLlShare = 1.0 / 3.8;
constexpr double kTreeLl128OneNode = 7.0 / 9.0;
constexpr double kTreeLl128Nodes = 120.0 / 128.0;
constexpr double kLlTwoNodes = 22.5e9;
constexpr double kLlMoreNodes = 19.0e9;

constexpr std::array kProtocols = {CollectiveProtocol::ll, CollectiveProtocol::ll128, CollectiveProtocol::simple};

Seconds hop(double prior, double link_in_prior, Seconds link) {
  return Seconds(std::max(0.0, prior - link_in_prior)) + link;
}

Seconds intra_hop(const PerProtocol& nvlink, const PerProtocol& pcie, std::size_t protocol, const GroupLinks& links) {
  return links.pcie ? hop(pcie[protocol], kPcieInPrior, links.intra_latency)
                    : hop(nvlink[protocol], kNvlinkInPrior, links.intra_latency);
}

/// What a ring through all members can carry: its slowest hop.
BytesPerSecond ring_bus(const GroupShape& group, const GroupLinks& links) {
  if (group.nodes == 1) return links.intra;
  return group.per_node > 1 ? std::min(links.intra, links.inter) : links.inter;
}

BytesPerSecond ll_cap(const GroupShape& group, const Parameters& p) {
  if (group.nodes == 1) return BytesPerSecond(p.ll_bandwidth);
  return BytesPerSecond(group.nodes == 2 ? kLlTwoNodes : kLlMoreNodes);
}

double passes(OpKind collective) { return collective == OpKind::all_reduce ? 2 : 1; }

CollectivePlan ring(OpKind op, Bytes bytes, CollectiveProtocol protocol, const GroupShape& group,
                    const GroupLinks& links, const Parameters& p) {
  const auto i = static_cast<std::size_t>(protocol);
  BytesPerSecond bus = ring_bus(group, links);
  if (protocol == CollectiveProtocol::ll128) bus *= group.per_node < 2 ? kLl128ShareOneGpuNodes : kLl128Share;
  if (protocol == CollectiveProtocol::ll) {
    const bool reduces = group.nodes > 1 || op == OpKind::all_reduce;
    bus = std::min(ll_cap(group, p), bus * (reduces ? kLlShareReduce : kLlShareGather));
  }
  const double between = passes(op) * (group.nodes - 1);
  const double within = passes(op) * (group.members - 1) - between;
  CollectivePlan plan{.algorithm = CollectiveAlgorithm::ring, .protocol = protocol};
  plan.sent = bytes * bus_factor(op, group.members);
  plan.cost.latency = Seconds(kRingBase[i]) + within * intra_hop(kRingNvlink, kRingPcie, i, links) +
                      between * hop(kRingNet[i], kNetInPrior, links.inter_latency);
  plan.cost.transfer = plan.sent / bus;
  return plan;
}

/// A chain inside each node and a tree over nodes: up to reduce, down to broadcast.
CollectivePlan tree(Bytes bytes, CollectiveProtocol protocol, const GroupShape& group, const GroupLinks& links,
                    const Parameters& p) {
  const auto i = static_cast<std::size_t>(protocol);
  BytesPerSecond bus = ring_bus(group, links) * kTreeShare;
  if (protocol == CollectiveProtocol::ll128) bus *= group.nodes == 1 ? kTreeLl128OneNode : kTreeLl128Nodes;
  if (protocol == CollectiveProtocol::ll) bus = std::min(ll_cap(group, p), bus * kTreeLlShare);
  const int per_node = group.members / group.nodes;
  const int levels = std::bit_width(static_cast<unsigned>(group.nodes)) - 1;  // floor(log2), as NCCL counts
  CollectivePlan plan{.algorithm = CollectiveAlgorithm::tree, .protocol = protocol};
  plan.sent = 2 * bytes;
  plan.cost.latency = Seconds(kTreeBase[i]) + 2.0 * (per_node - 1) * intra_hop(kTreeNvlink, kTreePcie, i, links) +
                      2.0 * levels * hop(kTreeNet[i], kNetInPrior, links.inter_latency);
  plan.cost.transfer = plan.sent / bus;
  return plan;
}

/// The switch reduces: each GPU pulls the sum of its share and stores it to all, so a link carries the buffer once and
/// one share more.
CollectivePlan in_switch(Bytes bytes, const GroupShape& group, const GroupLinks& links) {
  CollectivePlan plan{.algorithm = CollectiveAlgorithm::nvls, .protocol = CollectiveProtocol::simple};
  plan.sent = bytes * (1.0 + 1.0 / group.members);
  plan.cost.latency = hop(kNvlsLatency, kNvlinkInPrior, links.intra_latency);
  plan.cost.transfer = plan.sent / links.in_switch;
  return plan;
}

/// Reduce-scatter in each node, a ring over nodes for each share, all-gather in each node (or the part that applies).
CollectivePlan hierarchical(OpKind op, Bytes bytes, const GroupShape& group, const GroupLinks& links) {
  constexpr auto kSimple = static_cast<std::size_t>(CollectiveProtocol::simple);
  const Bytes inside = bytes * bus_factor(op, group.per_node);
  const Bytes outside = bytes * bus_factor(op, group.nodes);  // of all members of a node together
  CollectivePlan plan{.algorithm = CollectiveAlgorithm::hierarchical, .protocol = CollectiveProtocol::simple};
  plan.sent = inside + outside / group.per_node;
  plan.cost.latency = Seconds(kRingBase[kSimple]) +
                      passes(op) * (group.per_node - 1) * intra_hop(kRingNvlink, kRingPcie, kSimple, links) +
                      passes(op) * (group.nodes - 1) * hop(kRingNet[kSimple], kNetInPrior, links.inter_latency);
  plan.cost.transfer = inside / links.intra + outside / links.inter;
  return plan;
}

}  // namespace

double bus_factor(OpKind collective, int members) { return passes(collective) * (members - 1) / members; }

GroupLinks group_links(const GroupShape& group, const Cluster& cluster, const Parameters& p) {
  GroupLinks links{.intra_latency = cluster.intra_latency, .inter_latency = cluster.inter_latency};
  links.pcie = cluster.intra == IntraNode::pcie;
  // The fullest node decides what the links inside carry; the emptiest one what leaves.
  const int together = (group.members + group.nodes - 1) / group.nodes;
  if (together > 1) {
    if (!(cluster.intra_bandwidth.value > 0)) {
      throw Error("cluster.intra_bandwidth",
                  "GPUs of one group share a node; give the bandwidth of a GPU into its fabric");
    }
    double reached = links.pcie ? p.pcie_efficiency : p.nvlink_efficiency;
    if (cluster.intra == IntraNode::nvlink_mesh && cluster.gpus_per_node > 1) {
      reached *= static_cast<double>(together - 1) / (cluster.gpus_per_node - 1);
    }
    links.intra = cluster.intra_bandwidth * reached;
    if (cluster.intra == IntraNode::nvswitch) links.in_switch = cluster.intra_bandwidth * p.nvls_efficiency;
  }
  if (group.nodes > 1) {
    if (!(cluster.nic_bandwidth.value > 0) || cluster.nics_per_node < 1) {
      throw Error("cluster.nic_bandwidth", "a group spans nodes; give nics_per_node and the bandwidth of one NIC");
    }
    const int of_one_gpu = std::max(1, cluster.nics_per_node / cluster.gpus_per_node);
    const int nics = std::min(cluster.nics_per_node, group.per_node * of_one_gpu);
    links.inter = cluster.nic_bandwidth * (p.nic_efficiency * nics);
  }
  // Without SMs copy engines move the bytes.
  if (p.comm_ctas > 0) {
    const BytesPerSecond kernel(p.comm_ctas * p.comm_cta_bandwidth);
    links.intra = std::min(links.intra, kernel);
    links.in_switch = std::min(links.in_switch, kernel);
    links.inter = std::min(links.inter, kernel * std::max(1, group.per_node));
  }
  return links;
}

std::vector<CollectivePlan> collective_plans(OpKind op, Bytes bytes, const GroupShape& group, const GroupLinks& links,
                                             const Parameters& p) {
  BRAID_CHECK(op == OpKind::all_reduce || op == OpKind::all_gather || op == OpKind::reduce_scatter,
              "a collective is all_reduce, all_gather or reduce_scatter");
  std::vector<CollectivePlan> plans;
  for (const CollectiveProtocol protocol : kProtocols) {
    if (protocol == CollectiveProtocol::ll128 && links.pcie) continue;  // needs NVLink's ordered 128-byte stores
    plans.push_back(ring(op, bytes, protocol, group, links, p));
    if (op == OpKind::all_reduce) plans.push_back(tree(bytes, protocol, group, links, p));
  }
  if (group.nodes == 1 && op == OpKind::all_reduce && links.in_switch.value > 0) {
    plans.push_back(in_switch(bytes, group, links));
  }
  if (group.nodes > 1 && group.per_node > 1) plans.push_back(hierarchical(op, bytes, group, links));
  for (CollectivePlan& plan : plans) plan.cost.latency += Seconds(p.collective_overhead_s);
  return plans;
}

CollectivePlan plan_collective(OpKind op, Bytes bytes, const GroupShape& group, const Cluster& cluster,
                               const Parameters& p) {
  if (group.members < 2) return {};
  const auto plans = collective_plans(op, bytes, group, group_links(group, cluster, p), p);
  const auto time = [](const CollectivePlan& plan) { return plan.cost.latency + plan.cost.transfer; };
  return *std::min_element(plans.begin(), plans.end(), [&](const auto& a, const auto& b) { return time(a) < time(b); });
}

}  // namespace braid
