// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/collective.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr GroupShape kFourOnANode{.members = 4, .nodes = 1, .per_node = 4};
constexpr GroupShape kFourOnEachOfTwo{.members = 8, .nodes = 2, .per_node = 4};

CollectivePlan plan(OpKind op, double bytes, const GroupShape& group, const Cluster& cluster = round_cluster(),
                    const Parameters& p = ideal_parameters()) {
  return plan_collective(op, Bytes(bytes), group, cluster, p);
}

TEST(Collective, CostsNothingAlone) {
  const CollectivePlan alone = plan(OpKind::all_reduce, 1e9, {.members = 1, .nodes = 1, .per_node = 1});
  EXPECT_EQ(alone.cost.latency.value, 0);
  EXPECT_EQ(alone.cost.transfer.value, 0);
}

TEST(Collective, MovesTwiceTheBufferLessOneShareInARing) {
  // 8 GB over 4: 2 * 3/4 * 8 = 12 GB at 100 GB/s = 0.12 s; simple: 8.4 us + 2 * 3 hops of 3.4 us = 28.8 us.
  const CollectivePlan all_reduce = plan(OpKind::all_reduce, 8e9, kFourOnANode);
  EXPECT_EQ(all_reduce.algorithm, CollectiveAlgorithm::ring);
  EXPECT_EQ(all_reduce.protocol, CollectiveProtocol::simple);
  EXPECT_NEAR(all_reduce.cost.transfer.value, 0.12, 1e-12);
  EXPECT_NEAR(all_reduce.cost.latency.value, 28.8e-6, 1e-12);
  // Half of each for the two halves of an all-reduce: 0.06 s, 8.4 + 3 * 3.4 = 18.6 us.
  for (const OpKind half : {OpKind::all_gather, OpKind::reduce_scatter}) {
    EXPECT_NEAR(plan(half, 8e9, kFourOnANode).cost.transfer.value, 0.06, 1e-12);
    EXPECT_NEAR(plan(half, 8e9, kFourOnANode).cost.latency.value, 18.6e-6, 1e-12);
  }
}

TEST(Collective, PaysTheLinkLatencyOfTheClusterAtEveryHop) {
  // 1 us more a hop, six hops.
  Cluster slow = round_cluster();
  slow.intra_latency = Seconds(1.5e-6);
  const Seconds before = plan(OpKind::all_reduce, 8e9, kFourOnANode).cost.latency;
  EXPECT_NEAR((plan(OpKind::all_reduce, 8e9, kFourOnANode, slow).cost.latency - before).value, 6e-6, 1e-12);
}

TEST(Collective, TakesTheLowLatencyProtocolForSmallBuffers) {
  // 1 KB: LL ring 6.6 + 6 * 0.6 = 10.2 us, transfer 1.5 KB at a quarter of 100 GB/s: 0.06 us. The chain of NCCL's tree,
  // 6.8 + 2 * 3 * 0.6 = 10.4 us, is slower.
  const CollectivePlan small = plan(OpKind::all_reduce, 1000, kFourOnANode);
  EXPECT_EQ(small.protocol, CollectiveProtocol::ll);
  EXPECT_NEAR(small.cost.latency.value, 10.2e-6, 1e-12);
  EXPECT_NEAR(small.cost.transfer.value, 1500 / 25e9, 1e-15);
}

TEST(Collective, CapsTheLowLatencyProtocol) {
  // Bus 100 GB/s / 4 = 25 GB/s, capped at 10 GB/s: 1.5 KB take 0.15 us.
  Parameters p = ideal_parameters();
  p.ll_bandwidth = 10e9;
  EXPECT_NEAR(plan(OpKind::all_reduce, 1000, kFourOnANode, round_cluster(), p).cost.transfer.value, 0.15e-6, 1e-15);
}

TEST(Collective, ClimbsATreeOverManyNodesWhenTheBufferIsSmall) {
  // 16 nodes of one GPU each: a ring has 30 hops between nodes, LL 6.6 + 30 * 2.7 = 87.6 us; the tree 2 * log2(16) = 8
  // of 5 us: 6.8 + 40 = 46.8 us.
  Cluster cluster = round_cluster();
  cluster.nodes = 16;
  const CollectivePlan small = plan(OpKind::all_reduce, 1000, {.members = 16, .nodes = 16, .per_node = 1}, cluster);
  EXPECT_EQ(small.algorithm, CollectiveAlgorithm::tree);
  EXPECT_NEAR(small.cost.latency.value, 46.8e-6, 1e-12);
}

/// The plan of one algorithm with the simple protocol, chosen or not.
CommCost offered(CollectiveAlgorithm algorithm, OpKind op, double bytes, const GroupShape& group) {
  const Parameters p = ideal_parameters();
  for (const CollectivePlan& way :
       collective_plans(op, Bytes(bytes), group, group_links(group, round_cluster(), p), p)) {
    if (way.algorithm == algorithm && way.protocol == CollectiveProtocol::simple) return way.cost;
  }
  ADD_FAILURE() << "not offered";
  return {};
}

TEST(Collective, IsHeldBackByTheNicsOfItsMembersBetweenNodes) {
  // Four members a node use four NICs of 10 GB/s: 2 * 7/8 * 8 GB at 40 GB/s = 0.35 s. Of 14 hops 2 are between nodes:
  // 8.4 + 12 * 3.4 + 2 * 14 = 77.2 us.
  const CommCost ring = offered(CollectiveAlgorithm::ring, OpKind::all_reduce, 8e9, kFourOnEachOfTwo);
  EXPECT_NEAR(ring.transfer.value, 0.35, 1e-12);
  EXPECT_NEAR(ring.latency.value, 77.2e-6, 1e-12);
  // One member a node: one NIC. 2 * 1/2 * 8 GB at 10 GB/s = 0.8 s.
  EXPECT_NEAR(plan(OpKind::all_reduce, 8e9, {.members = 2, .nodes = 2, .per_node = 1}).cost.transfer.value, 0.8, 1e-12);
}

TEST(Collective, CanReduceInTheNodeBeforeItLeavesIt) {
  // In the node 2 * 3/4 * 8 GB at 100 GB/s = 0.12 s, between two nodes 2 * 1/2 * 8 GB over 40 GB/s = 0.2 s.
  // Hops: 8.4 + 2 * 3 * 3.4 + 2 * 1 * 14 = 56.8 us.
  const CommCost levels = offered(CollectiveAlgorithm::hierarchical, OpKind::all_reduce, 8e9, kFourOnEachOfTwo);
  EXPECT_NEAR(levels.transfer.value, 0.32, 1e-12);
  EXPECT_NEAR(levels.latency.value, 56.8e-6, 1e-12);
  // 0.32 s < 0.35 s of the ring, so it is what is chosen; with one member a node there is no hierarchy.
  EXPECT_EQ(plan(OpKind::all_reduce, 8e9, kFourOnEachOfTwo).algorithm, CollectiveAlgorithm::hierarchical);
  EXPECT_EQ(plan(OpKind::all_reduce, 8e9, {.members = 2, .nodes = 2, .per_node = 1}).algorithm,
            CollectiveAlgorithm::ring);
}

TEST(Collective, LetsTheSwitchReduceWhereItCan) {
  // The buffer once and a share of a quarter: 8 * 1.25 = 10 GB at 100 GB/s = 0.1 s, less than the ring's 0.12 s.
  Parameters p = ideal_parameters();
  p.nvls_efficiency = 1;
  const CollectivePlan reduced = plan(OpKind::all_reduce, 8e9, kFourOnANode, round_cluster(), p);
  EXPECT_EQ(reduced.algorithm, CollectiveAlgorithm::nvls);
  EXPECT_NEAR(reduced.cost.transfer.value, 0.1, 1e-12);
  Cluster mesh = round_cluster();
  mesh.intra = IntraNode::nvlink_mesh;
  EXPECT_EQ(plan(OpKind::all_reduce, 8e9, kFourOnANode, mesh, p).algorithm, CollectiveAlgorithm::ring);
}

TEST(Collective, MovesNoMoreThanItsKernelsSmsCan) {
  // 4 SMs of 20 GB/s: 2 * 3/4 * 8 GB at 80 GB/s = 0.15 s; 24 of them could do more than the link's 100 GB/s: 0.12 s.
  Parameters p = ideal_parameters();
  p.comm_cta_bandwidth = 20e9;
  p.comm_ctas = 4;
  EXPECT_NEAR(plan(OpKind::all_reduce, 8e9, kFourOnANode, round_cluster(), p).cost.transfer.value, 0.15, 1e-12);
  p.comm_ctas = 24;
  EXPECT_NEAR(plan(OpKind::all_reduce, 8e9, kFourOnANode, round_cluster(), p).cost.transfer.value, 0.12, 1e-12);
  // None: copy engines.
  p.comm_ctas = 0;
  EXPECT_NEAR(plan(OpKind::all_reduce, 8e9, kFourOnANode, round_cluster(), p).cost.transfer.value, 0.12, 1e-12);
}

TEST(Collective, HasOnlyItsMembersLinksInAMesh) {
  // Two of four GPUs: one of the three links of each, 33.3 GB/s. 2 * 1/2 * 8 GB = 8 GB: 0.24 s.
  Cluster mesh = round_cluster();
  mesh.intra = IntraNode::nvlink_mesh;
  EXPECT_NEAR(plan(OpKind::all_reduce, 8e9, {.members = 2, .nodes = 1, .per_node = 2}, mesh).cost.transfer.value, 0.24,
              1e-12);
}

TEST(Collective, NeverGetsFasterWithMoreBytesOrLessBandwidth) {
  for (const GroupShape& group : {kFourOnANode, kFourOnEachOfTwo}) {
    Seconds last;
    for (double bytes = 8; bytes < 1e10; bytes *= 1.7) {
      const CommCost cost = plan(OpKind::all_reduce, bytes, group).cost;
      EXPECT_GT(cost.latency + cost.transfer, last) << bytes;
      last = cost.latency + cost.transfer;
      Cluster slower = round_cluster();
      slower.nic_bandwidth *= 0.5;
      slower.intra_bandwidth *= 0.5;
      const CommCost slow = plan(OpKind::all_reduce, bytes, group, slower).cost;
      EXPECT_GE(slow.latency + slow.transfer, last) << bytes;
    }
  }
}

TEST(Collective, UsesBusBandwidthAsNcclTestsDefinesIt) {
  EXPECT_DOUBLE_EQ(bus_factor(OpKind::all_reduce, 8), 1.75);
  EXPECT_DOUBLE_EQ(bus_factor(OpKind::all_gather, 8), 0.875);
  EXPECT_DOUBLE_EQ(bus_factor(OpKind::reduce_scatter, 2), 0.5);
}

TEST(CollectiveErrors, NamesTheLinkThatTheClusterLacks) {
  Cluster cluster = round_cluster();
  cluster.nic_bandwidth = {};
  EXPECT_THAT([&] { plan(OpKind::all_reduce, 1e6, kFourOnEachOfTwo, cluster); },
              ThrowsMessage<Error>(HasSubstr("cluster.nic_bandwidth: a group spans nodes")));
  cluster = round_cluster();
  cluster.intra_bandwidth = {};
  EXPECT_THAT([&] { plan(OpKind::all_reduce, 1e6, kFourOnANode, cluster); },
              ThrowsMessage<Error>(HasSubstr("cluster.intra_bandwidth")));
}

}  // namespace
}  // namespace braid
