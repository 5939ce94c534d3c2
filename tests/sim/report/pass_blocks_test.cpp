// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/report/run_columns.hpp"

namespace braid {
namespace {

using testing::ElementsAre;

/// A compute lane of ops of a second: kind, microbatch, chunk; the start of each is given.
struct Unit1 {
  OpKind kind;
  int microbatch;
  int chunk;
  double start;
};
RankTimeline lane_of(const std::vector<Unit1>& units) {
  RankTimeline rank;
  for (const Unit1& u : units) {
    rank.lanes[0].push_back({.key = {.microbatch = static_cast<std::int16_t>(u.microbatch),
                                     .chunk = static_cast<std::int8_t>(u.chunk),
                                     .kind = u.kind},
                             .start = Seconds(u.start),
                             .end = Seconds(u.start + 1),
                             .stretch = {}});
  }
  return rank;
}
constexpr OpKind kF = OpKind::forward, kI = OpKind::input_grad, kW = OpKind::weight_grad;

TEST(PassBlocks, AreTheTwoHalvesOfABraid) {
  const auto blocks =
      pass_blocks(lane_of({{kF, 7, 0, 0}, {kI, 3, 1, 1}, {kF, 7, 0, 2}, {kI, 3, 1, 3}, {kF, 8, 0, 4}}), {});
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].name, "F7 & I3'");
  EXPECT_EQ(blocks[0].category, Category::forward);
  EXPECT_EQ(blocks[0].half, Category::input_grad);
  EXPECT_EQ(blocks[0].end.value, 4);
  EXPECT_EQ(blocks[0].key.microbatch, 7);
  EXPECT_EQ(blocks[1].name, "F8");
  EXPECT_EQ(blocks[1].half, Category::forward);
}

TEST(PassBlocks, CallIAndWTogetherB) {
  const auto blocks = pass_blocks(lane_of({{kI, 2, 0, 0}, {kW, 2, 0, 1}, {kW, 4, 2, 2}}), {});
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].name, "B2");
  EXPECT_EQ(blocks[0].category, Category::backward);
  EXPECT_EQ(blocks[1].name, "W4'2");
  EXPECT_EQ(blocks[1].category, Category::weight_grad);
}

TEST(PassBlocks, AreCutWhereTheLaneWaitsForThePipelineNotForACollective) {
  const RankTimeline rank = lane_of({{kI, 2, 0, 0}, {kI, 2, 0, 2}, {kW, 2, 0, 4}});
  const auto gap = [](double from, Cause cause) {
    return Gap{.start = Seconds(from), .end = Seconds(from + 1), .cause = cause};
  };
  const auto names = [&](Cause first, Cause second) {
    std::vector<std::string> all;
    for (const PassBlock& b : pass_blocks(rank, {gap(1, first), gap(3, second)})) all.push_back(b.name);
    return all;
  };
  EXPECT_THAT(names(Cause::tp, Cause::host), ElementsAre("B2"));
  EXPECT_THAT(names(Cause::tp, Cause::pp_wait), ElementsAre("I2", "W2"));
  EXPECT_THAT(names(Cause::pp_transfer, Cause::offload), ElementsAre("I2", "B2"));
  EXPECT_THAT(names(Cause::dp, Cause::pp_wait), ElementsAre("I2", "I2", "W2"));
}

TEST(PassNames, ShowTheChunkAsPapersDo) {
  EXPECT_EQ(pass_name("F", 3, 0), "F3");
  EXPECT_EQ(pass_name("B", 12, 1), "B12'");
  EXPECT_EQ(pass_name("W", 0, 2), "W0'2");
  EXPECT_EQ(pass_name("optimizer", -1, -1), "optimizer");
}

}  // namespace
}  // namespace braid
