// SPDX-License-Identifier: Apache-2.0
// One column stands for all where all are alike, and for nobody where they are not.
#include <gtest/gtest.h>

#include "tests/sim/engine/synthetic_program.hpp"
#include "tests/sim/engine/tiny_program.hpp"
#include "tests/sim/engine/verified.hpp"

namespace braid {
namespace {

TEST(Folding, EqualsPlayingEveryRank) {
  for (P2pMode p2p : {P2pMode::eager, P2pMode::batched}) {
    const Synthetic s = synthetic_program(
        {.placement = {.tp = 2, .pp = 3, .dp = 2}, .p2p = p2p, .microbatches = 7, .layers = 2, .stretch = 0.3});
    const Cluster cluster = tiny_cluster(3, 4);
    const Timeline folded = play_ideal(s.program, s.costs, cluster);
    const Timeline all = play_ideal(s.program, s.costs, cluster, {.fold = false});
    ASSERT_EQ(folded.ranks.size(), 3u);
    ASSERT_EQ(folded.multiplicity, 4);
    ASSERT_EQ(all.ranks.size(), 12u);
    EXPECT_EQ(folded.step_time, all.step_time);
    for (const RankTimeline& rank : all.ranks) {
      const RankTimeline& same = folded.ranks[static_cast<std::size_t>(rank.rank / 4)];  // tp, then dp, then pp
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        ASSERT_EQ(rank.lanes[lane].size(), same.lanes[lane].size());
        for (std::size_t n = 0; n < rank.lanes[lane].size(); ++n) {
          EXPECT_EQ(rank.lanes[lane][n].start, same.lanes[lane][n].start);
          EXPECT_EQ(rank.lanes[lane][n].end, same.lanes[lane][n].end);
          EXPECT_EQ(rank.lanes[lane][n].stretch, same.lanes[lane][n].stretch);
        }
      }
    }
  }
}

TEST(Folding, IsGivenUpForAStraggler) {
  TinyProgram tiny({.tp = 2});
  tiny.op(0, Lane::compute, tiny.compute(1));
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), {.slowdown = {1, 1}}).ranks.size(), 1u);
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), {.slowdown = {1, 2}}).ranks.size(), 2u);
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), {.jitter = 0.1}).ranks.size(), 2u);
}

TEST(Folding, IsGivenUpWhenColumnsTakeDifferentPaths) {
  // pp fastest, 2 x 3 GPUs on nodes of 4: dp replica 0 is GPUs 0, 1 (one node), replica 1 is 2, 3 (one node),
  // replica 2 is 4, 5: alike. With three pipeline ranks, replica 1 is 3, 4, 5: its first message leaves the node.
  const auto ranks = [](int pp, int dp) {
    TinyProgram tiny({.tp = 1, .pp = pp, .dp = dp, .order = RankOrder::pp_tp_dp});
    const auto bytes = tiny.message(0, 1);
    tiny.costs.message[bytes][static_cast<std::size_t>(PathKind::same_leaf)].transfer = 10_s;
    tiny.send(0, 1, bytes);
    Cluster cluster = tiny_cluster(2, 4);
    cluster.inter = InterNode::fat_tree;
    return play_ideal(tiny.program, tiny.costs, cluster);
  };
  EXPECT_EQ(ranks(2, 3).ranks.size(), 2u);
  const Timeline t = ranks(3, 2);
  ASSERT_EQ(t.ranks.size(), 6u);
  EXPECT_EQ(t.ranks[0].lanes[static_cast<std::size_t>(Lane::pp)][0].end, 1_s);
  EXPECT_EQ(t.ranks[3].lanes[static_cast<std::size_t>(Lane::pp)][0].end, 10_s);
}

}  // namespace
}  // namespace braid
