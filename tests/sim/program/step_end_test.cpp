// SPDX-License-Identifier: Apache-2.0
#include "sim/program/step_end.hpp"

#include <gtest/gtest.h>

#include "sim/schedule/generators.hpp"
#include "tests/sim/program/fixture.hpp"

namespace braid {
namespace {

using namespace testing;

Scenario replicated(int stages, int microbatches) {
  Scenario scenario = small_scenario(stages, microbatches);
  scenario.plan.dp = 2;
  scenario.step_end.optimizer = true;
  scenario.step_end.bucket = Bytes(1);  // every layer its own bucket
  return scenario;
}

const Schedule kMiddle = middle_of_three({{{F(1, 0)}}, {{B(1, 0)}}, {{F(1, 1)}}, {{B(1, 1)}}});

std::vector<std::string> lines_with(const std::string& text, const std::string& word) {
  std::istringstream in(text);
  std::vector<std::string> found;
  for (std::string line; std::getline(in, line);) {
    if (line.find(word) != std::string::npos) found.push_back(line);
  }
  return found;
}

TEST(StepEnd, ReducesABucketWhenTheLastMicrobatchHasAddedToIt) {
  // Rank 1 holds one layer: one bucket, ready with the last W of microbatch 1, and the optimizer behind it.
  const std::string text = text_of_rank(lower(kMiddle, replicated(3, 2), {}), 1);
  const auto reduces = lines_with(text, " dp ");
  ASSERT_EQ(reduces.size(), 1u) << text;
  const std::string last_w = lines_with(text, "compute W").back();
  EXPECT_NE(last_w.find("mb1"), std::string::npos);
  EXPECT_TRUE(reduces[0].ends_with("<- " + last_w.substr(0, last_w.find(' ')))) << reduces[0] << "\n" << last_w;
  const auto optimizer = lines_with(text, "optimizer");
  ASSERT_EQ(optimizer.size(), 1u);
  EXPECT_TRUE(optimizer[0].ends_with("<- " + reduces[0].substr(0, reduces[0].find(' '))));
}

TEST(StepEnd, MakesOneBucketAChunkUnlessToldASize) {
  // The last rank has a layer and a head: two buckets of one byte, or one of any size.
  Scenario scenario = replicated(3, 2);
  EXPECT_EQ(lines_with(text_of_rank(lower(kMiddle, scenario, {}), 2), " dp ").size(), 2u);
  scenario.step_end.bucket = Bytes(0);
  EXPECT_EQ(lines_with(text_of_rank(lower(kMiddle, scenario, {}), 2), " dp ").size(), 1u);
}

TEST(StepEnd, ShardsTheOptimizerAndGathersParametersUnderZero1) {
  Scenario scenario = replicated(3, 2);
  scenario.step_end.data_parallel = DataParallel::zero1;
  const Program overlapped = lower(kMiddle, scenario, {});
  const std::string text = text_of_rank(overlapped, 1);
  EXPECT_EQ(lines_with(text, "dp reduce_scatter").size(), 1u);
  // The gather comes first and the first forward waits for it.
  EXPECT_TRUE(text.starts_with("0 dp all_gather chunk0\n")) << text;
  EXPECT_NE(lines_with(text, "F pre_attn mb0").front().find(" 0"), std::string::npos);
  // Half of the optimizer state on each of two replicas: 12 bytes a parameter over 2.
  const auto& resident = overlapped.ranks[1].resident;
  const auto of = [&](MemoryClass c) { return resident[static_cast<std::size_t>(c)].value; };
  EXPECT_DOUBLE_EQ(of(MemoryClass::optimizer), of(MemoryClass::parameters) / 2 * 12 / 2);
  scenario.step_end.overlap = false;
  const std::string late = text_of_rank(lower(kMiddle, scenario, {}), 1);
  EXPECT_NE(late.substr(late.rfind("\n", late.size() - 2)).find("dp all_gather"), std::string::npos) << late;
}

TEST(StepEnd, ExchangesTheGradientsOfTiedEmbeddingsBetweenTheFirstAndTheLastRank) {
  Scenario scenario = replicated(3, 2);
  scenario.model.tied_embeddings = true;
  const Program program = lower(kMiddle, scenario, {});
  EXPECT_TRUE(check(program).empty());
  EXPECT_EQ(lines_with(text_of_rank(program, 0), "send embedding").size(), 1u);
  EXPECT_EQ(lines_with(text_of_rank(program, 1), "send").size(), 4u);  // two activations, two gradients, no more
  EXPECT_EQ(lines_with(text_of_rank(program, 2), "recv head").size(), 1u);
}

TEST(StepEnd, ExchangesTiedGradientsThatReplicasHaveSummed) {
  // Before, each end would add the other's own gradient to a sum over replicas.
  Scenario scenario = replicated(3, 2);
  scenario.model.tied_embeddings = true;
  for (const bool overlap : {true, false}) {
    scenario.step_end.overlap = overlap;
    const Program program = lower(kMiddle, scenario, {});
    for (const auto& [rank, send] : {std::pair{0, "send embedding"}, std::pair{2, "send head"}}) {
      const std::string text = text_of_rank(program, rank);
      const std::string reduced = lines_with(text, "dp all_reduce").back();
      EXPECT_TRUE(lines_with(text, send)[0].ends_with(" " + reduced.substr(0, reduced.find(' ')))) << text;
    }
  }
}

TEST(StepEnd, AddsUpTheGradientsOfTheTwoRanksThatHoldAStageInDualPipe) {
  // Ranks 0 and 1 hold both stages each; half of the microbatches run on either copy.
  const Schedule both = generate_schedule("dualpipe", {.stages = 2, .microbatches = 4});
  Scenario scenario = replicated(2, 4);
  for (const auto& [dp, zero1] : {std::pair{1, false}, {2, false}, {2, true}}) {
    scenario.plan.dp = dp;
    scenario.step_end.data_parallel = zero1 ? DataParallel::zero1 : DataParallel::all_reduce;
    const Program program = lower(both, scenario, {});
    EXPECT_TRUE(check(program).empty());
    for (const int rank : {0, 1}) {
      const std::string text = text_of_rank(program, rank);
      const std::string send = lines_with(text, "send to rank").back();
      const std::string before = lines_with(text, dp == 1 ? "compute W" : zero1 ? "dp reduce" : "dp all_reduce").back();
      EXPECT_NE(send.find(" " + before.substr(0, before.find(' '))), std::string::npos) << text;
      const std::string recv = lines_with(text, "recv from rank").back();
      EXPECT_TRUE(lines_with(text, "optimizer")[0].ends_with(" " + recv.substr(0, recv.find(' ')))) << text;
      const RankProgram& ops = program.ranks[static_cast<std::size_t>(rank)];
      const double gradients = ops.resident[static_cast<std::size_t>(MemoryClass::gradients)].value;
      for (const Op& op : ops.ops) {
        if (op.key.kind != OpKind::send || op.key.microbatch >= 0) continue;
        EXPECT_EQ(program.works[op.work].bytes.value, zero1 ? gradients / dp : gradients);
      }
    }
  }
}

double reduced_bytes(const Program& program, std::size_t rank) {
  double bytes = 0;
  for (const Op& op : program.ranks[rank].ops) {
    if (op.lane == Lane::dp) bytes += program.works[op.work].bytes.value;
  }
  return bytes;
}

TEST(StepEnd, ReducesATiedMatrixOnceWhereOneRankHoldsBothEnds) {
  // Two stages on one rank: hidden 8, vocabulary 256 over two TP ranks, 4 bytes a gradient.
  const Schedule one{.name = "hand",
                     .microbatches = 1,
                     .rank_of_stage = {0, 0},
                     .rows = {{{{F(0, 0)}}, {{F(1, 0)}}, {{I(1, 0)}}, {{B(0, 0)}}, {{W(1, 0)}}}}};
  Scenario scenario = replicated(2, 1);
  scenario.plan.pp = 1;
  const double untied = reduced_bytes(lower(one, scenario, {}), 0);
  scenario.model.tied_embeddings = true;
  const Program program = lower(one, scenario, {});
  EXPECT_EQ(reduced_bytes(program, 0), untied - 8 * 128 * 4.0);
  EXPECT_EQ(reduced_bytes(program, 0),
            program.ranks[0].resident[static_cast<std::size_t>(MemoryClass::gradients)].value);
  // The embedding's bucket is the last of stage 0 and waits for the head as well, whose W comes behind the embedding's.
  const std::string text = text_of_rank(program, 0);
  const std::string head_w = lines_with(text, "compute W head").back();
  EXPECT_TRUE(lines_with(text, "dp all_reduce chunk0").back().ends_with("<- " + head_w.substr(0, head_w.find(' '))))
      << text;
}

TEST(StepEnd, HasNothingToShareWithOneReplica) {
  Scenario scenario = replicated(3, 2);
  scenario.plan.dp = 1;
  EXPECT_TRUE(lines_with(text_of_rank(lower(kMiddle, scenario, {}), 1), " dp ").empty());
}

}  // namespace
}  // namespace braid
