// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/group.hpp"

#include <gtest/gtest.h>

#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

TEST(GroupsOf, CountsMembersThatShareANode) {
  // Nodes of 4. TP 4 fastest: {0..3} on one node. DP stride 4: {0, 4}, one on each.
  const Placement placement{.tp = 4, .pp = 1, .dp = 2};
  const Groups tp = groups_of(placement, Scope::tp, round_cluster());
  EXPECT_EQ(tp.worst, (GroupShape{.members = 4, .nodes = 1, .per_node = 4}));
  EXPECT_TRUE(tp.alike);
  EXPECT_EQ(groups_of(placement, Scope::dp, round_cluster()).worst,
            (GroupShape{.members = 2, .nodes = 2, .per_node = 1}));
}

TEST(GroupsOf, FollowsTheRankOrder) {
  // dp fastest, then tp: DP {0, 1}; TP {0, 2, 4, 6}: two on each of two nodes.
  const Placement placement{.tp = 4, .pp = 1, .dp = 2, .order = RankOrder::dp_tp_pp};
  EXPECT_EQ(groups_of(placement, Scope::dp, round_cluster()).worst,
            (GroupShape{.members = 2, .nodes = 1, .per_node = 2}));
  EXPECT_EQ(groups_of(placement, Scope::tp, round_cluster()).worst,
            (GroupShape{.members = 4, .nodes = 2, .per_node = 2}));
}

TEST(GroupsOf, ReportsTheWorstWhenGroupsDiffer) {
  // TP 3 on nodes of 4: {0 1 2} on one node, {3 | 4 5} on two with one member alone, {6 7 | 8}, ...
  const Groups tp = groups_of({.tp = 3, .pp = 1, .dp = 4}, Scope::tp, round_cluster());
  EXPECT_EQ(tp.worst, (GroupShape{.members = 3, .nodes = 2, .per_node = 1}));
  EXPECT_FALSE(tp.alike);
}

TEST(GroupsOf, IsOneMemberWithoutThatParallelism) {
  EXPECT_EQ(groups_of({.tp = 1, .pp = 8, .dp = 1}, Scope::tp, round_cluster()).worst, GroupShape{});
}

}  // namespace
}  // namespace braid
