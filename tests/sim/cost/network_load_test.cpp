// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/network_load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

using testing::ElementsAre;

NetworkLoad load_of(const TinyProgram& tiny, const Cluster& cluster) {
  return network_load(tiny.program, Fabric(cluster));
}

TEST(NetworkLoad, HasAFlowForEachColumnOfAMessage) {
  // tp 2, dp 2: four copies of the one pair; each alone on its NIC up and its NIC down.
  TinyProgram tiny({.tp = 2, .pp = 2, .dp = 2});
  tiny.send(0, 1, tiny.message(0, 1));
  const NetworkLoad load = load_of(tiny, tiny_cluster(4, 2));
  ASSERT_EQ(load.classes.size(), 1u);
  EXPECT_EQ(load.classes[0].transfers, 4);
  ASSERT_EQ(load.flows.size(), 4u);
  EXPECT_EQ(load.links.size(), 8u);
  for (const auto& transfer : load.transfers) {
    EXPECT_FALSE(transfer.can_meet);
    EXPECT_EQ(transfer.rate, 1.0);
  }
}

TEST(NetworkLoad, LetsMessagesOfAPairMeetOneAnother) {
  TinyProgram tiny({.pp = 2});
  const auto bytes = tiny.message(0, 1);
  tiny.send(0, 1, bytes);
  tiny.send(0, 1, bytes);
  const NetworkLoad load = load_of(tiny, tiny_cluster(1, 2));
  ASSERT_EQ(load.transfers.size(), 1u);
  EXPECT_TRUE(load.transfers[0].can_meet);
}

TEST(NetworkLoad, KeepsCollectivesOfOneLaneApart) {
  // Two all-reduces of one lane follow each other; on a second lane a third could run beside them.
  TinyProgram tiny({.tp = 2});
  const auto reduce = tiny.collective(Scope::tp, 0, 1);
  tiny.op(0, Lane::tp, reduce);
  tiny.op(0, Lane::tp, reduce);
  EXPECT_FALSE(load_of(tiny, tiny_cluster(1, 2)).transfers.at(0).can_meet);
  tiny.op(0, Lane::dp, reduce);
  EXPECT_TRUE(load_of(tiny, tiny_cluster(1, 2)).transfers.at(0).can_meet);
}

TEST(NetworkLoad, FindsWhoSharesALink) {
  // GPUs 0, 1 | 2, 3 of one node are the tp pairs of ranks 0 and 1; messages 0 -> 1 leave by the ports up of 0 and 1
  // and come in by the ports down of 2 and 3, where the rings run too. Rank 2 (GPUs 4, 5) is left alone.
  TinyProgram tiny({.tp = 2, .pp = 3});
  const auto reduce = tiny.collective(Scope::tp, 0, 1);
  for (int rank = 0; rank < 3; ++rank) tiny.op(rank, Lane::tp, reduce);
  tiny.send(0, 1, tiny.message(0, 1));
  const NetworkLoad load = load_of(tiny, tiny_cluster(1, 6));
  ASSERT_EQ(load.classes.size(), 4u);  // a pair of messages, then three rings
  std::vector<bool> meets;
  for (const auto& transfer : load.transfers) meets.push_back(transfer.can_meet);
  EXPECT_THAT(meets, ElementsAre(true, true, true, true, false));  // two columns of messages, ranks 0, 1, 2
}

TEST(NetworkLoad, GivesARingTheRateOfItsMostSharedLink) {
  // Four GPUs of 1 B/s behind one host bridge of 2 B/s: all four edges of the ring cross it, 1/2 B/s each.
  TinyProgram tiny({.tp = 4});
  tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 0, 1));
  Cluster cluster = tiny_cluster(1, 4);
  cluster.intra = IntraNode::pcie;
  const NetworkLoad load = load_of(tiny, cluster);
  ASSERT_EQ(load.transfers.size(), 1u);
  EXPECT_EQ(load.transfers[0].flows, 4);
  EXPECT_EQ(load.transfers[0].rate, 0.5);
  EXPECT_FALSE(load.transfers[0].can_meet);  // its own flows are part of its cost
}

TEST(NetworkLoad, LeavesOutGroupsOfOne) {
  TinyProgram tiny({.tp = 1, .dp = 2});
  tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 0, 1));
  EXPECT_TRUE(load_of(tiny, tiny_cluster(1, 2)).classes.empty());
}

}  // namespace
}  // namespace braid
