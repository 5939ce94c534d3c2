// SPDX-License-Identifier: Apache-2.0
#include "sim/program/lower_blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/program/fixture.hpp"

namespace braid {
namespace {

using testing::B;
using testing::F;

struct Lowered {
  BlockClasses classes;
  CoarseProgram coarse;
};

/// `cut` is that of every class.
Lowered lowered(const Schedule& schedule, const Scenario& scenario, const BlockCut& cut, const Run& run = {}) {
  const auto blocks = blocks_of(schedule, false);
  Program units;
  UnitWorks works(units, scenario);
  Lowered made{.classes = block_classes(blocks, stage_layers(scenario, schedule.stages()), scenario, run, works),
               .coarse = {}};
  made.coarse = lower_blocks(schedule, scenario, run, blocks, transfers_of(schedule, blocks, run.p2p), made.classes,
                             std::vector(made.classes.all.size(), cut));
  return made;
}

const BlockCut kOneOp{.entry = {0, 0}, .exit = {0, 0}};

TEST(BlockClasses, AreFewAndIssueWhatLowerIssues) {
  // Four layers on four ranks: the ranks in the middle run the same F and the same B, the first one has the embedding
  // and the last one the head; that makes 3 kinds of F and 3 of B.
  const Scenario scenario = testing::small_scenario(4, 2);
  Schedule schedule{.name = "hand", .microbatches = 2, .rank_of_stage = {0, 1, 2, 3}, .rows = {}};
  for (int r = 0; r < 4; ++r) schedule.rows.push_back({{{F(r, 0)}}, {{F(r, 1)}}, {{B(r, 0)}}, {{B(r, 1)}}});
  const Lowered made = lowered(schedule, scenario, kOneOp);
  EXPECT_EQ(made.classes.all.size(), 6u);
  EXPECT_EQ(made.classes.of[1], made.classes.of[2]);
  // Ops of all blocks together, messages apart: 3 boundaries, 2 microbatches, 2 directions, 2 ends.
  std::size_t units = 0;
  for (const auto& rank : made.classes.of) {
    for (const std::uint16_t c : rank) units += made.classes.all[c].units.ops.size();
  }
  EXPECT_EQ(units + 3 * 2 * 2 * 2, lower(schedule, scenario, {}).op_count());
}

TEST(LowerBlocks, SendsBehindTheTailAndComputesOnBesideIt) {
  // Rank 1 of 3, eager: what is received before the block that reads it, what is sent behind the tail of the block that
  // made it; #2 is a gradient. The next block waits for its own message alone.
  const Schedule schedule = testing::middle_of_three({{{F(1, 0)}}, {{B(1, 0)}}, {{F(1, 1)}}, {{B(1, 1)}}});
  const BlockCut with_tail{.tails = 1, .entry = {0, 0}, .exit = {1, 1}};
  const Lowered made = lowered(schedule, testing::small_scenario(3, 2), with_tail);
  EXPECT_TRUE(check(made.coarse.program).empty());
  EXPECT_THAT(testing::text_of_rank(made.coarse.program, 1),
              ::testing::StartsWith("0 pp recv mb0 chunk0 from rank 0\n"
                                    "1 compute cell mb0 chunk0 layer0 <- 0\n"
                                    "2 tp cell mb0 chunk0 layer1 <- 1\n"
                                    "3 pp send mb0 chunk0 to rank 2 <- 2\n"
                                    "4 pp recv mb0 chunk0 #2 from rank 2\n"
                                    "5 compute cell mb0 chunk0 layer0 #1 <- 4\n"
                                    "6 tp cell mb0 chunk0 layer1 #1 <- 5\n"
                                    "7 pp send mb0 chunk0 #2 to rank 0 <- 6\n"));
}

TEST(LowerBlocks, HoldsWhatIsHeldAllStep) {
  const Scenario scenario = testing::small_scenario(3, 2);
  const Schedule schedule = testing::middle_of_three({{{F(1, 0)}}, {{B(1, 0)}}, {{F(1, 1)}}, {{B(1, 1)}}});
  const Program units = lower(schedule, scenario, {});
  const Program blocks = lowered(schedule, scenario, kOneOp).coarse.program;
  for (std::size_t r = 0; r < 3; ++r) EXPECT_EQ(blocks.ranks[r].resident, units.ranks[r].resident);
  EXPECT_EQ(blocks.model_flops_per_step, units.model_flops_per_step);
  EXPECT_EQ(blocks.tokens_per_step, units.tokens_per_step);
}

}  // namespace
}  // namespace braid
