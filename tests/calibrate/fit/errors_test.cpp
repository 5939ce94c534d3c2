// SPDX-License-Identifier: Apache-2.0
#include "calibrate/fit/errors.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

Residual off(const char* kind, double error) {
  return {.kind = kind, .shape = "at " + std::to_string(error), .measured = 2, .predicted = 2 * (1 + error)};
}

TEST(ErrorSummary, CountsSizesAndSigns) {
  // Errors -4, 1, 2, 3 %: sizes 1 2 3 4: median 2.5, mean 2.5, bias 0.5, worst -4.
  const std::vector<Residual> some = {off("a", 0.01), off("a", 0.02), off("a", 0.03), off("a", -0.04)};
  const ErrorSummary s = summary(some, "a");
  EXPECT_EQ(s.count, 4);
  EXPECT_NEAR(s.median, 0.025, 1e-12);
  EXPECT_NEAR(s.mean, 0.025, 1e-12);
  EXPECT_NEAR(s.bias, 0.005, 1e-12);
  EXPECT_NEAR(s.worst, -0.04, 1e-12);
  EXPECT_EQ(s.worst_at, some[3].shape);
}

TEST(ErrorSummary, TakesTheRowThatNineteenOfTwentyDoNotExceed) {
  // 1 to 21 %: nearest rank of 0.95 * 20 = 19 behind the first: 20 %.
  std::vector<Residual> some;
  for (int i = 1; i <= 21; ++i) some.push_back(off("a", 0.01 * i));
  EXPECT_NEAR(summary(some, "a").p95, 0.20, 1e-12);
}

TEST(ErrorSummary, ListsKindsAndAllOfThem) {
  const auto all = summaries(std::vector<Residual>{off("b", 0.1), off("a", 0.2), off("b", 0.3)});
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].kind, "a");
  EXPECT_EQ(all[1].kind, "b");
  EXPECT_EQ(all[1].count, 2);
  EXPECT_EQ(all[2].kind, "all");
  EXPECT_EQ(all[2].count, 3);
  EXPECT_EQ(summaries(std::vector<Residual>{off("b", 0.1)}).size(), 1u);  // one kind is all there is
  // Two predictions of the same measurements have no errors in common.
  EXPECT_EQ(summaries(std::vector<Residual>{off("b", 0.1), off("a", 0.2)}, true).size(), 2u);
}

}  // namespace
}  // namespace braid
