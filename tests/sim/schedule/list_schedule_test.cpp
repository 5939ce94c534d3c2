// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/list_schedule.hpp"

#include <gtest/gtest.h>

#include "sim/schedule/squeeze.hpp"

namespace braid {
namespace {

const ListPolicy kGradientsFirst{.priority = {{.gradient = true, .chunk = 0}, {.gradient = false, .chunk = 0}}};

TEST(ListSchedule, TakesGradientsFirstAndFillsGapsWithWeights) {
  // Two ranks, limit 2, unit costs. Rank 1 is fed by 1: F0 1-2, I0 2-3, F1 3-4, I1 4-5, then W. Rank 0: F0 0-1, F1 1-2,
  // I0 may start at 3: memory is full and nothing can be done from 2 to 3; I0 3-4, W0 4-5, I1 5-6, W1 6-7.
  const ListProblem problem{.ranks = 2, .microbatches = 2, .memory_limit = 2};
  const auto order = list_schedule(problem, kGradientsFirst);
  ASSERT_TRUE(order);
  EXPECT_EQ(to_text(schedule_of("x", problem, *order)),
            "0: F0.0 F0.1 I0.0 W0.0 I0.1 W0.1\n"
            "1: F1.0 I1.0 F1.1 I1.1 W1.0 W1.1\n");
}

TEST(ListSchedule, NeverHoldsMoreThanTheLimit) {
  // Limit 1: a microbatch goes all the way before the next starts.
  const ListProblem problem{.ranks = 1, .microbatches = 2, .memory_limit = 1};
  const auto order = list_schedule(problem, kGradientsFirst);
  ASSERT_TRUE(order);
  EXPECT_EQ(to_text(schedule_of("x", problem, *order)), "0: F0.0 I0.0 W0.0 F0.1 I0.1 W0.1\n");
}

TEST(ListSchedule, LetsAWeightWaitWhereItKeepsNothing) {
  // As above but W holds nothing: F1 is ready before W0 and there is room.
  const ListProblem problem{.ranks = 1, .microbatches = 2, .memory_limit = 1, .kept_for_w = 0};
  const auto order = list_schedule(problem, kGradientsFirst);
  ASSERT_TRUE(order);
  EXPECT_EQ(to_text(schedule_of("x", problem, *order)), "0: F0.0 I0.0 F0.1 I0.1 W0.0 W0.1\n");
}

TEST(ListSchedule, SaysWhenMemoryIsAWall) {
  // A V needs room for both chunks of one microbatch.
  const ListProblem problem{.ranks = 1, .microbatches = 1, .v_shaped = true, .memory_limit = 1};
  EXPECT_FALSE(list_schedule(problem, kGradientsFirst));
}

TEST(Squeezed, LeavesATightOrderAlone) {
  const ListProblem problem{.ranks = 1, .microbatches = 1, .v_shaped = true, .split = false, .memory_limit = 2};
  const auto pass = [](ActionType type, int stage) { return Action{.type = type, .stage = stage, .microbatch = 0}; };
  const PassOrder order{
      {pass(ActionType::F, 0), pass(ActionType::F, 1), pass(ActionType::B, 1), pass(ActionType::B, 0)}};
  EXPECT_EQ(squeezed(problem, order, {.first_passes = 99}), order);
}

TEST(Squeezed, LetsAForwardOvertakeWhatWaitsOnlyWhereMemoryAllows) {
  // Two ranks, V, m = 2, written as microbatch 0 whole, then 1. Rank 0 waits for its far F: its near F of microbatch 1
  // overtakes that if both microbatches' near chunks and the far one fit (3), and stays behind it if not (2).
  const auto pass = [](ActionType type, int stage, int mb) {
    return Action{.type = type, .stage = stage, .microbatch = mb};
  };
  PassOrder order(2);
  for (const int mb : {0, 1}) {
    order[0].insert(order[0].end(), {pass(ActionType::F, 0, mb), pass(ActionType::F, 3, mb), pass(ActionType::B, 3, mb),
                                     pass(ActionType::B, 0, mb)});
    order[1].insert(order[1].end(), {pass(ActionType::F, 1, mb), pass(ActionType::F, 2, mb), pass(ActionType::B, 2, mb),
                                     pass(ActionType::B, 1, mb)});
  }
  ListProblem problem{.ranks = 2, .microbatches = 2, .v_shaped = true, .split = false, .memory_limit = 2};
  EXPECT_EQ(squeezed(problem, order, {.first_passes = 99})->at(0)[1], pass(ActionType::F, 3, 0));
  problem.memory_limit = 3;
  EXPECT_EQ(squeezed(problem, order, {.first_passes = 99})->at(0)[1], pass(ActionType::F, 0, 1));
}

}  // namespace
}  // namespace braid
