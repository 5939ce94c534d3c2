// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/played.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using tiny::Tiny;

Tiny two_ranks(int tp, int dp) {
  Tiny tiny(2, tp, dp);
  const auto a = tiny.compute(0, 1);
  tiny.compute(1, 1, {tiny.eager(0, 1, 1, {a}).recv});
  return tiny;
}

std::vector<std::string> faults(const Program& program, const Timeline& timeline) {
  std::vector<std::string> texts;
  for (const Issue& issue : join(program, timeline).faults) texts.push_back(issue.where + ": " + issue.what);
  return texts;
}

TEST(Join, FindsTheSpanOfEveryOp) {
  const Tiny tiny = two_ranks(1, 1);
  const Timeline timeline = tiny.play();
  const Played played = join_complete(tiny.program(), timeline);
  EXPECT_EQ(played.start(0, 0), 0);
  EXPECT_EQ(played.start(1, 0), 1);  // the receive
  EXPECT_EQ(played.start(1, 1), 2);
}

TEST(Join, FindsMessagesThatStartedInAnotherOrder) {
  // Posted first, started last.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  const auto b = tiny.compute(0, 1);
  const auto late = tiny.eager(0, 1, 1, {b});
  const auto early = tiny.eager(0, 1, 1, {a});
  const Timeline timeline = tiny.play();
  const Played played = join_complete(tiny.program(), timeline);
  EXPECT_EQ(played.start(1, late.recv), 2);
  EXPECT_EQ(played.start(1, early.recv), 1);
}

TEST(Join, PlacesTheGpusOfAnUnfoldedTimeline) {
  // tp_dp_pp: GPU = tp + 2 (dp + 3 pp). GPU 9 = 1 + 2 (1 + 3): tp 1, dp 1, pp 1.
  const Tiny tiny = two_ranks(2, 3);
  const Timeline timeline = tiny.play({.unfold = true, .launch = 0, .slowdown = {}});
  const Played played = join_complete(tiny.program(), timeline);
  ASSERT_TRUE(played.unfolded);
  ASSERT_EQ(played.ranks.size(), 12u);
  EXPECT_EQ(played.ranks[9].tp, 1);
  EXPECT_EQ(played.ranks[9].dp, 1);
  EXPECT_EQ(played.ranks[9].pp, 1);
  EXPECT_EQ(played.pipeline_peer(9, 0), 3u);  // 1 + 2 (1 + 0)
  EXPECT_EQ(played.group(9, Scope::tp), (std::vector<std::size_t>{8, 9}));
  EXPECT_EQ(played.group(9, Scope::dp), (std::vector<std::size_t>{7, 9, 11}));
}

TEST(Join, LeavesARankAloneInAFoldedTimeline) {
  const Tiny tiny = two_ranks(2, 3);
  const Timeline timeline = tiny.play();
  const Played played = join_complete(tiny.program(), timeline);
  EXPECT_FALSE(played.unfolded);
  EXPECT_EQ(played.group(1, Scope::tp), (std::vector<std::size_t>{1}));
  EXPECT_EQ(played.pipeline_peer(1, 0), 0u);
}

TEST(JoinErrors, NameAnOpThatNeverRan) {
  const Tiny tiny = two_ranks(1, 1);
  Timeline timeline = tiny.play();
  timeline.ranks[1].lanes[0].pop_back();
  EXPECT_THAT(faults(tiny.program(), timeline), testing::ElementsAre("rank 1: F #1: never ran"));
  EXPECT_THROW(join_complete(tiny.program(), timeline), Error);
}

TEST(JoinErrors, NameAnOpThatRanTwice) {
  const Tiny tiny = two_ranks(1, 1);
  Timeline timeline = tiny.play();
  timeline.ranks[1].lanes[0].push_back(timeline.ranks[1].lanes[0].back());
  EXPECT_THAT(faults(tiny.program(), timeline), testing::ElementsAre("rank 1: F #1: ran more than once"));
}

TEST(JoinErrors, NameASpanThatNoOpExplains) {
  const Tiny tiny = two_ranks(1, 1);
  Timeline timeline = tiny.play();
  Span stranger = timeline.ranks[0].lanes[0].back();
  stranger.key.microbatch = 9;
  timeline.ranks[0].lanes[0].push_back(stranger);
  EXPECT_THAT(faults(tiny.program(), timeline),
              testing::ElementsAre("rank 0: F mb9: is not an op of the program on this lane"));
}

TEST(JoinErrors, SayWhenTheRanksDoNotFit) {
  const Tiny tiny = two_ranks(2, 1);
  Timeline timeline = tiny.play();
  timeline.ranks.pop_back();
  EXPECT_THAT(faults(tiny.program(), timeline),
              testing::ElementsAre("timeline: has 1 ranks; the program has 2 pipeline ranks on 4 GPUs"));
}

TEST(JoinErrors, SayWhenAGpuIsThereTwice) {
  const Tiny tiny = two_ranks(2, 1);
  Timeline timeline = tiny.play({.unfold = true, .launch = 0, .slowdown = {}});
  timeline.ranks[1].rank = 0;
  EXPECT_THAT(faults(tiny.program(), timeline),
              testing::ElementsAre("rank 0: is not a GPU of the placement, or is there twice"));
}

}  // namespace
}  // namespace braid
