// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/v_pattern.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(RepeatedPattern, HasAPlaceForEveryPassOnAnyNumberOfRanks) {
  // The delays that keep six passes in six slots exist for V-Min's steps (all 1) and V-Half's (2 1 2 1): the slots
  // depend on rank and p modulo 6 only, so p = 1..12 covers what can happen.
  for (int p = 1; p <= 12; ++p) {
    for (const PatternSteps& steps : {PatternSteps{}, PatternSteps{2, 1, 2, 1}}) {
      const ListProblem problem{.ranks = p, .microbatches = 5, .v_shaped = true};
      EXPECT_TRUE(check(schedule_of("x", problem, repeated_pattern(p, 5, steps))).empty()) << p;
    }
    const ListProblem full{.ranks = p, .microbatches = 5, .v_shaped = true, .split = false};
    EXPECT_TRUE(check(schedule_of("x", full, repeated_pattern_of_full_backwards(p, 5))).empty()) << p;
  }
}

TEST(RepeatedPattern, OfOneRankIsOneMicrobatchAfterAnother) {
  // p = 1: F near at 0, F far at 1, I far at 2, I near at 3, and the W in the slots 4 and 5; repeated after 6.
  const ListProblem problem{.ranks = 1, .microbatches = 2, .v_shaped = true};
  EXPECT_EQ(to_text(schedule_of("x", problem, repeated_pattern(1, 2, {}))),
            "0: F0.0 F1.0 I1.0 I0.0 W1.0 W0.0 F0.1 F1.1 I1.1 I0.1 W1.1 W0.1\n");
}

}  // namespace
}  // namespace braid
