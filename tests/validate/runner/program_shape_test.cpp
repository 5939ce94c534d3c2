// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/program_shape.hpp"

#include <gtest/gtest.h>

#include "tests/validate/runner/small_programs.hpp"

namespace braid {
namespace {

Program program_of(const Scenario& scenario) {
  const Run run{.schedule = "1f1b"};
  return lower(schedule_of(scenario, run), scenario, run);
}

// 64 hidden, 4 heads and 2 KV heads of 16, FFN 96 and vocabulary 512 over two ranks; 2 samples of 32 tokens.
TEST(ProgramShape, IsReadBackFromTheWork) {
  Scenario scenario = testing::small_scenario(2, 2, 2);
  scenario.plan.microbatch_size = 2;
  EXPECT_EQ(shape_of(program_of(scenario)), (ProgramShape{.samples = 2,
                                                          .sequence = 32,
                                                          .hidden = 64,
                                                          .heads = 2,
                                                          .kv_heads = 1,
                                                          .head_dim = 16,
                                                          .ffn = 48,
                                                          .vocab = 256}));
}

TEST(ProgramShape, RecomputationAndZeroOneAreRun) {
  for (const Recompute recompute : {Recompute::selective, Recompute::full}) {
    Scenario scenario = testing::small_scenario(2, 2, 2, recompute);
    scenario.plan.dp = 2;
    scenario.step_end.data_parallel = DataParallel::zero1;
    EXPECT_EQ(shape_of(program_of(scenario)).ffn, 48);
  }
}

}  // namespace
}  // namespace braid
