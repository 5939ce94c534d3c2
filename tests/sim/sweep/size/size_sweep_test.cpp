// SPDX-License-Identifier: Apache-2.0
// The plans that are looked at: all GPUs, the whole batch, layers that divide, and nothing twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/run/configuration.hpp"
#include "tests/sim/sweep/size/small_request.hpp"

namespace braid {
namespace {

TEST(SizeSweep, EveryPlanUsesAllGpusAndTheWholeBatch) {
  const SizeTask task = decide(small_request(), kScenarios);
  const Sweep sweep = size_sweep(task, task.offers[0]);
  std::set<std::string> hashes, runs;
  for (const std::int64_t point : expand(sweep).points) {
    const Choice choice = choice_of(sweep, point);
    const Scenario s = scenario_at(sweep, choice);
    ASSERT_EQ(s.placement().ranks(), 16);
    ASSERT_EQ(s.plan.dp * s.plan.microbatches * s.plan.microbatch_size, 1024);
    ASSERT_EQ(s.plan.sequence_parallel, s.plan.tp > 1);
    ASSERT_EQ(check(s), std::vector<Issue>()) << to_text(choice);
    ASSERT_EQ(s.runs.size(), 1U);
    EXPECT_TRUE(s.plan.pp > 1 || choice.run == "1f1b") << choice.run;
    EXPECT_EQ(s.runs[0].label, choice.run);
    EXPECT_TRUE(hashes.insert(scenario_hash(s)).second) << to_text(choice);
    runs.insert(choice.run);
  }
  EXPECT_EQ(runs, (std::set<std::string>{"1f1b", "1f1b-i x2", "1f1b-i x4", "zb-h1", "zb-v", "stp"}));
}

TEST(SizeSweep, CountsByHand) {
  // TP 8 alone would be left of a node of 8 whose batch is 1 sequence... so: 8 GPUs, 1 sequence a step: DP 1, one
  // microbatch of 1; (TP, PP) = (1,8), (2,4), (4,2), (8,1), each with 1f1b, 3 recomputations and no ZeRO: 12.
  SizeRequest request = small_request();
  request.offers = {{.gpu = "h100", .count = 8}};
  request.schedules = {"1f1b"};
  SizeTask task = decide(request, kScenarios);
  task.batch_samples = 1;
  EXPECT_EQ(size_sweep(task, task.offers[0]).product(), 12);
  // 2 sequences: DP 1 with m = 2 x 1 or 1 x 2 microbatches: 24. DP 2 with m = 1: (1,4), (2,2), (4,1), each with 3
  // recomputations and 2 ways to share gradients: 18.
  task.batch_samples = 2;
  EXPECT_EQ(size_sweep(task, task.offers[0]).product(), 24 + 18);
}

TEST(SizeSweep, WithoutAPipelineThereIsOnly1f1b) {
  // 8 GPUs, 1 sequence: (TP, PP) = (1,8), (2,4), (4,2) with 3 recomputations; (8,1) is no plan of ZB-H1: 9.
  SizeRequest request = small_request();
  request.offers = {{.gpu = "h100", .count = 8}};
  request.schedules = {"zb-h1"};
  SizeTask task = decide(request, kScenarios);
  task.batch_samples = 1;
  EXPECT_EQ(size_sweep(task, task.offers[0]).product(), 9);
  EXPECT_DOUBLE_EQ(size_sweep(task, task.offers[0]).refine_most_bytes, task.usable_bytes(task.offers[0].cluster));
}

TEST(SizeSweep, LayersThatDoNotDivideLeaveTheLastStageShort) {
  // 126 layers over 16 stages: 8 each, the last 6.
  SizeRequest request = small_request();
  request.model = "llama3-405b";
  request.offers = {{.gpu = "h100", .count = 128}};
  request.schedules = {"1f1b"};
  const SizeTask task = decide(request, kScenarios);
  const Sweep sweep = size_sweep(task, task.offers[0]);
  int found = 0;
  for (const std::int64_t point : expand(sweep).points) {
    const Scenario s = scenario_at(sweep, choice_of(sweep, point));
    if (s.plan.pp != 16) continue;
    EXPECT_EQ(layers_of_stages(s, 16).front(), 8);
    EXPECT_EQ(layers_of_stages(s, 16).back(), 6);
    ++found;
  }
  EXPECT_GT(found, 0);
}

TEST(SizeSweep, HasTheProfileAndAsManyNodesAsWereAskedFor) {
  const SizeTask task = decide(small_request(), kScenarios);
  const Sweep sweep = size_sweep(task, task.offers[0]);
  const Scenario s = scenario_at(sweep, choice_of(sweep, 0));
  EXPECT_EQ(s.profile, task.offers[0].profile);
  EXPECT_EQ(s.cluster, task.offers[0].cluster);
  EXPECT_TRUE(sweep.must_fit);
  EXPECT_EQ(sweep.refine, 20);
}

}  // namespace
}  // namespace braid
