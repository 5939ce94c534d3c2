// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/stop_rule.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

constexpr StopRule kRule;

TEST(StopRule, WantsThirtyOneSamplesHoweverTheyAgree) {
  const double ms = 1e-3;
  EXPECT_FALSE(kRule.enough({.n = 30, .median = 100, .half_width = 0}, ms, 30 * ms));
  EXPECT_TRUE(kRule.enough({.n = 31, .median = 100, .half_width = 0}, ms, 31 * ms));
}

TEST(StopRule, StopsUnderOnePercentOfTheMedian) {
  const double ms = 1e-3;
  EXPECT_TRUE(kRule.enough({.n = 40, .median = 100, .half_width = 0.99}, ms, 40 * ms));
  EXPECT_FALSE(kRule.enough({.n = 40, .median = 100, .half_width = 1}, ms, 40 * ms));
}

TEST(StopRule, StopsAfterOneSecondOfSamples) {
  EXPECT_FALSE(kRule.enough({.n = 40, .median = 100, .half_width = 5}, 0.01, 0.99));
  EXPECT_TRUE(kRule.enough({.n = 40, .median = 100, .half_width = 5}, 0.01, 1.0));
}

TEST(StopRule, TakesFewerSamplesOfLongPointsOnly) {
  // 31 samples of 20 ms are 0.62 s; of 120 ms they would be 3.7 s, so nine must do: 1.08 s.
  EXPECT_EQ(kRule.at_least(0.020), 31);
  EXPECT_EQ(kRule.at_least(0.021), 9);
  EXPECT_FALSE(kRule.enough({.n = 8, .median = 100, .half_width = 0}, 0.12, 0.96));
  EXPECT_TRUE(kRule.enough({.n = 9, .median = 100, .half_width = 3}, 0.12, 1.08));
}

TEST(StopRule, GivesUpOnAPointThatIsThrottledThroughout) {
  // Nothing counts, four seconds of samples were taken.
  EXPECT_FALSE(kRule.enough({}, 1e-3, 3.9));
  EXPECT_TRUE(kRule.enough({}, 1e-3, 4.0));
}

}  // namespace
}  // namespace braid
