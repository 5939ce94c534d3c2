// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/symmetry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

Symmetry symmetry_of(const TinyProgram& tiny, const Cluster& cluster, const std::vector<double>& slowdown = {}) {
  const Fabric fabric(cluster);
  const NetworkLoad load = network_load(tiny.program, fabric);
  return find_symmetry(load, fabric, tiny.program.placement, std::vector<bool>(load.transfers.size(), true), slowdown);
}

using Carried = std::vector<std::pair<int, int>>;  // colour of flow, how many on a link

std::size_t colours(const std::vector<int>& numbers) { return std::set<int>(numbers.begin(), numbers.end()).size(); }

TEST(Symmetry, GivesCopiesOnPrivateLinksOneColour) {
  // Eight columns, each on its own NICs: one colour of flow, one of link, one copy a link.
  TinyProgram tiny({.tp = 4, .pp = 2, .dp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  const Symmetry symmetry = symmetry_of(tiny, tiny_cluster(4, 4));
  EXPECT_EQ(symmetry.column, std::vector<int>(8, 0));
  EXPECT_EQ(symmetry.flow, std::vector<int>(8, 0));
  EXPECT_EQ(symmetry.link, std::vector<int>(16, 0));
  EXPECT_THAT(symmetry.carried, testing::ElementsAre(Carried{{0, 1}}));
}

TEST(Symmetry, CountsTheCopiesOnASharedLink) {
  // Four GPUs on one NIC: each NIC carries four copies.
  TinyProgram tiny({.tp = 4, .pp = 2, .dp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  Cluster cluster = tiny_cluster(4, 4);
  cluster.nics_per_node = 1;
  const Symmetry symmetry = symmetry_of(tiny, cluster);
  EXPECT_EQ(symmetry.column, std::vector<int>(8, 0));
  EXPECT_THAT(symmetry.carried, testing::ElementsAre(Carried{{0, 4}}));
}

TEST(Symmetry, TellsLinksOfDifferentCapacityApart) {
  // Two leaves of two nodes, oversubscribed: NIC and leaf links, the latter with all four copies.
  TinyProgram tiny({.tp = 2, .pp = 2, .dp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  Cluster cluster = tiny_cluster(4, 2);
  cluster.inter = InterNode::fat_tree;
  cluster.nodes_per_leaf = 2;
  cluster.oversubscription = 2;
  const Symmetry symmetry = symmetry_of(tiny, cluster);
  EXPECT_EQ(colours(symmetry.column), 1u);
  EXPECT_EQ(colours(symmetry.flow), 1u);
  EXPECT_EQ(colours(symmetry.link), 2u);
  EXPECT_THAT(symmetry.carried, testing::UnorderedElementsAre(Carried{{0, 1}}, Carried{{0, 4}}));
}

TEST(Symmetry, SeesThatAnUnevenShareOfNicsMakesColumnsDiffer) {
  // Four GPUs, three NICs, round robin: GPUs 0 and 3 share NIC 0, 1 and 2 have theirs.
  TinyProgram tiny({.tp = 4, .pp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  Cluster cluster = tiny_cluster(2, 4);
  cluster.nics_per_node = 3;
  EXPECT_EQ(symmetry_of(tiny, cluster).column, (std::vector<int>{0, 1, 1, 0}));
}

TEST(Symmetry, SeesLinksThatCarryMoreOfOneThanOfAnother) {
  // One NIC a node of two dp ranks, ring of four: NIC 0 up carries both messages, but one edge of the ring (1 -> 2).
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 4});
  tiny.send(0, 1, tiny.message(0, 1));
  for (int rank : {0, 1}) tiny.op(rank, Lane::dp, tiny.collective(Scope::dp, 0, 1));
  Cluster cluster = tiny_cluster(4, 2);
  cluster.nics_per_node = 1;
  const Symmetry symmetry = symmetry_of(tiny, cluster);
  EXPECT_EQ(symmetry.column, (std::vector<int>(4, 0)));
  bool uneven = false;
  for (const Carried& link : symmetry.carried) uneven |= link.size() == 2 && link[0].second != link[1].second;
  EXPECT_TRUE(uneven);
}

TEST(Symmetry, TellsAStragglerItsGroupsAndTheRestApart) {
  // tp 2, dp 3, all collectives; GPU 2 is slow: column 2 is (tp 0, dp 1). Column 3 shares its tp group, columns 0 and 4
  // its dp group; 1 and 5 are with column 3 and with 0 or 4.
  TinyProgram tiny({.tp = 2, .dp = 3});
  tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 0, 1));
  tiny.op(0, Lane::dp, tiny.collective(Scope::dp, 0, 1));
  EXPECT_EQ(symmetry_of(tiny, tiny_cluster(1, 6), {1, 1, 2, 1, 1, 1}).column, (std::vector<int>{0, 1, 2, 3, 0, 1}));
  EXPECT_EQ(colours(symmetry_of(tiny, tiny_cluster(1, 6), {2, 2, 2, 2, 2, 2}).column), 1u);
}

}  // namespace
}  // namespace braid
