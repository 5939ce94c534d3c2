// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/measured_run.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

/// One rank, two ops on lane pp from 0: op 0 takes `first`, op 1 `second` and starts after `gap`.
Timeline repeat(double first, double second, double gap) {
  Timeline timeline;
  timeline.ranks.resize(1);
  const Span a{.key = {.index = 0}, .start = 0_s, .end = Seconds(first), .stretch = 0_s};
  const Span b{.key = {.index = 1}, .start = Seconds(gap), .end = Seconds(gap + second), .stretch = 0_s};
  auto& lane = timeline.ranks[0].lanes[static_cast<std::size_t>(Lane::pp)];
  lane = gap >= 0 ? std::vector{a, b} : std::vector{b, a};
  timeline.step_time = Seconds(std::max(first, gap + second));
  return timeline;
}

TEST(Summarise, ChoosesTheMedianStepTheLowerOfTwo) {
  // Steps 4, 2, 3, 1: sorted 1 2 3 4, the lower median is 2. step_time() is the mean of 2 and 3.
  const MeasuredRun run = summarise({repeat(4, 1, 0), repeat(2, 1, 0), repeat(3, 1, 0), repeat(1, 1, 0)});
  EXPECT_EQ(run.timeline.step_time, 2_s);
  EXPECT_EQ(run.traced, (std::vector<Seconds>{4_s, 2_s, 3_s, 1_s}));
  EXPECT_EQ(run.step_time(), 2.5_s);
}

TEST(Summarise, SpreadsDurationsOfOneOp) {
  // Op 0 takes 4, 2, 3, 1: of 1 2 3 4 the quartiles are the nearest to places 0.75 and 2.25, 2 and 3; the median
  // is 2.5.
  const MeasuredRun run = summarise({repeat(4, 1, 0), repeat(2, 1, 0), repeat(3, 1, 0), repeat(1, 1, 0)});
  const auto& spread = run.spread[0][static_cast<std::size_t>(Lane::pp)];
  ASSERT_EQ(spread.size(), 2U);
  EXPECT_EQ(spread[0].p25, 2_s);
  EXPECT_EQ(spread[0].median, 2.5_s);
  EXPECT_EQ(spread[0].p75, 3_s);
  EXPECT_EQ(spread[1].p25, 1_s);
}

TEST(Summarise, MatchesSpansByKeyWhereRepeatsStartThemInAnotherOrder) {
  // In the second repeat op 1 starts before op 0 and stands first. Op 1 takes 7 and 9: median 8.
  const MeasuredRun run = summarise({repeat(1, 7, 0), repeat(1, 9, -1)});
  const auto& spread = run.spread[0][static_cast<std::size_t>(Lane::pp)];
  EXPECT_EQ(spread[0].median, 1_s);
  EXPECT_EQ(spread[1].median, 8_s);
}

TEST(StepTime, IsOfUntracedRepeatsWhereThereAreAny) {
  MeasuredRun run = summarise({repeat(4, 1, 0)});
  EXPECT_EQ(run.step_time(), 4_s);
  run.untraced = {3_s, 1_s, 2_s};
  EXPECT_EQ(run.step_time(), 2_s);
}

}  // namespace
}  // namespace braid
