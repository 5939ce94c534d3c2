// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/symmetry.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

Symmetry symmetry_of(const TinyProgram& tiny, const Cluster& cluster) {
  const Fabric fabric(cluster);
  const NetworkLoad load = network_load(tiny.program, fabric);
  return find_symmetry(load, fabric, std::vector<bool>(load.classes.size(), true));
}

std::size_t colours(const std::vector<int>& numbers) { return std::set<int>(numbers.begin(), numbers.end()).size(); }

TEST(Symmetry, GivesCopiesOnPrivateLinksOneColour) {
  // Eight columns, each on its own NICs: one colour of flow, one of link, one copy a link.
  TinyProgram tiny({.tp = 4, .pp = 2, .dp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  const Symmetry symmetry = symmetry_of(tiny, tiny_cluster(4, 4));
  EXPECT_TRUE(symmetry.columns_alike);
  EXPECT_EQ(symmetry.flow, std::vector<int>(8, 0));
  EXPECT_EQ(symmetry.link, std::vector<int>(16, 0));
  EXPECT_EQ(symmetry.copies, std::vector<int>{1});
}

TEST(Symmetry, CountsTheCopiesOnASharedLink) {
  // Four GPUs on one NIC: each NIC carries four copies.
  TinyProgram tiny({.tp = 4, .pp = 2, .dp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  Cluster cluster = tiny_cluster(4, 4);
  cluster.nics_per_node = 1;
  const Symmetry symmetry = symmetry_of(tiny, cluster);
  EXPECT_TRUE(symmetry.columns_alike);
  EXPECT_EQ(symmetry.copies, std::vector<int>{4});
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
  EXPECT_TRUE(symmetry.columns_alike);
  EXPECT_EQ(colours(symmetry.flow), 1u);
  EXPECT_EQ(colours(symmetry.link), 2u);
  EXPECT_EQ(std::set<int>(symmetry.copies.begin(), symmetry.copies.end()), (std::set<int>{1, 4}));
}

TEST(Symmetry, SeesThatAnUnevenShareOfNicsMakesColumnsDiffer) {
  // Four GPUs, three NICs, round robin: GPUs 0 and 3 share NIC 0, 1 and 2 have theirs.
  TinyProgram tiny({.tp = 4, .pp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  Cluster cluster = tiny_cluster(2, 4);
  cluster.nics_per_node = 3;
  EXPECT_FALSE(symmetry_of(tiny, cluster).columns_alike);
}

TEST(Symmetry, SeesLinksThatCarryMoreOfOneThanOfAnother) {
  // One NIC a node of two dp ranks, ring of four: NIC 0 up carries both messages, but one edge of the ring (1 -> 2).
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 4});
  tiny.send(0, 1, tiny.message(0, 1));
  for (int rank : {0, 1}) tiny.op(rank, Lane::dp, tiny.collective(Scope::dp, 0, 1));
  Cluster cluster = tiny_cluster(4, 2);
  cluster.nics_per_node = 1;
  const Symmetry symmetry = symmetry_of(tiny, cluster);
  EXPECT_TRUE(symmetry.columns_alike);
  EXPECT_FALSE(symmetry.copies_alike);
}

}  // namespace
}  // namespace braid
