// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/fabric.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

std::vector<LinkKind> kinds(const Fabric& fabric, int from, int to) {
  std::vector<LinkKind> all;
  for (int link : fabric.route(from, to)) all.push_back(fabric.kind(link));
  return all;
}

using enum LinkKind;
using testing::ElementsAre;

TEST(Fabric, CrossesAPortUpAndAPortDownUnderNvswitch) {
  const Fabric fabric(tiny_cluster(2, 4));
  EXPECT_THAT(kinds(fabric, 1, 3), ElementsAre(gpu_up, gpu_down));
  EXPECT_EQ(fabric.path_kind(1, 3), PathKind::same_node);
  // The same port up for every peer, the same port down from every peer, and none in common the other way.
  EXPECT_EQ(fabric.route(1, 3)[0], fabric.route(1, 2)[0]);
  EXPECT_EQ(fabric.route(1, 3)[1], fabric.route(0, 3)[1]);
  EXPECT_NE(fabric.route(1, 3)[0], fabric.route(3, 1)[1]);
  EXPECT_EQ(fabric.path_kind(2, 2), PathKind::same_gpu);
  EXPECT_TRUE(fabric.route(2, 2).empty());
}

TEST(Fabric, HasALinkForEveryOrderedPairOfAMesh) {
  Cluster cluster = tiny_cluster(2, 4);
  cluster.intra = IntraNode::nvlink_mesh;
  cluster.intra_bandwidth = 6_Bps;
  const Fabric fabric(cluster);
  std::vector<int> seen;
  for (int from = 0; from < 8; ++from) {
    for (int to = 0; to < 8; ++to) {
      if (from == to || from / 4 != to / 4) continue;
      ASSERT_THAT(kinds(fabric, from, to), ElementsAre(peer));
      seen.push_back(fabric.route(from, to)[0]);
      EXPECT_EQ(fabric.capacity(seen.back()), 2_Bps);  // 6 B/s over 3 peers
    }
  }
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::unique(seen).size(), 0u);
  EXPECT_EQ(seen.size(), 24u);
}

TEST(Fabric, SharesTheHostBridgeOfAPcieNode) {
  Cluster cluster = tiny_cluster(2, 4);
  cluster.intra = IntraNode::pcie;
  const Fabric fabric(cluster);
  EXPECT_THAT(kinds(fabric, 0, 1), ElementsAre(gpu_up, bridge_up, bridge_down, gpu_down));
  EXPECT_EQ(fabric.route(0, 1)[1], fabric.route(2, 3)[1]);
  EXPECT_NE(fabric.route(0, 1)[1], fabric.route(4, 5)[1]);
  EXPECT_EQ(fabric.capacity(fabric.route(0, 1)[1]), 2_Bps);  // half of 4 ports of 1 B/s
  EXPECT_THAT(kinds(fabric, 0, 4), ElementsAre(gpu_up, nic_up, nic_down, gpu_down));
}

TEST(Fabric, SharesNicsRoundRobin) {
  Cluster cluster = tiny_cluster(2, 4);
  cluster.nics_per_node = 2;
  const Fabric fabric(cluster);
  EXPECT_EQ(fabric.route(0, 4), fabric.route(2, 6));  // NIC 0 of both nodes
  EXPECT_EQ(fabric.route(1, 5), fabric.route(3, 7));  // NIC 1
  EXPECT_NE(fabric.route(0, 4)[0], fabric.route(1, 5)[0]);
}

TEST(Fabric, KeepsARailInItsLeafGroup) {
  Cluster cluster = tiny_cluster(4, 2);
  cluster.nodes_per_leaf = 2;
  cluster.oversubscription = 4;
  const Fabric fabric(cluster);
  EXPECT_EQ(fabric.path_kind(0, 2), PathKind::same_leaf);   // rail 0, nodes 0 and 1
  EXPECT_EQ(fabric.path_kind(0, 3), PathKind::cross_leaf);  // rail 0 to rail 1: through the spine
  EXPECT_EQ(fabric.path_kind(0, 4), PathKind::cross_leaf);  // node 2 is in the other group
  EXPECT_THAT(kinds(fabric, 0, 4), ElementsAre(nic_up, leaf_up, leaf_down, nic_down));
  EXPECT_EQ(fabric.route(0, 4)[1], fabric.route(2, 6)[1]);  // rail 0 leaves its group by one link
  EXPECT_NE(fabric.route(0, 4)[1], fabric.route(1, 5)[1]);
  // A rail switch has a NIC of each of 2 nodes: 2 B/s below, 1/2 B/s above.
  EXPECT_EQ(fabric.capacity(fabric.route(0, 4)[1]).value, 0.5);
}

TEST(Fabric, JoinsAllNicsOfALeafInAFatTree) {
  Cluster cluster = tiny_cluster(4, 2);
  cluster.inter = InterNode::fat_tree;
  cluster.nodes_per_leaf = 2;
  cluster.oversubscription = 2;
  const Fabric fabric(cluster);
  EXPECT_EQ(fabric.path_kind(0, 3), PathKind::same_leaf);
  EXPECT_EQ(fabric.route(0, 4)[1], fabric.route(3, 7)[1]);
  EXPECT_EQ(fabric.capacity(fabric.route(0, 4)[1]), 2_Bps);  // 2 nodes of 2 NICs: 4 B/s below, half of it above
  EXPECT_EQ(fabric.kind(fabric.links() - 1), leaf_down);
}

}  // namespace
}  // namespace braid
