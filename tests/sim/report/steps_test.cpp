// SPDX-License-Identifier: Apache-2.0
#include "sim/report/steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace braid {
namespace {

using testing::ElementsAre;

TEST(Steps, SumPiecesColumnByColumn) {
  // Column 0: 2 in 1..3 and 3 in 2..4: 2, 5, 3. Column 1: 7 in 2..3.
  const Steps steps = sum_of({{1, 3, 0, 2}, {2, 4, 0, 3}, {2, 3, 1, 7}}, 2);
  EXPECT_THAT(steps.time, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(steps.value[0], ElementsAre(0, 2, 5, 3, 0));
  EXPECT_THAT(steps.value[1], ElementsAre(0, 0, 7, 0, 0));
}

TEST(Steps, AreExactlyZeroWhereNothingLies) {
  // (0.1 + 0.2) - 0.1 - 0.2 is 2.8e-17 in doubles.
  const Steps steps = sum_of({{0, 2, 0, 0.1}, {1, 3, 0, 0.2}}, 1);
  EXPECT_EQ(steps.value[0].back(), 0);
  EXPECT_THAT(steps.time, ElementsAre(0, 1, 2, 3));
}

TEST(Steps, LeaveOutAPieceWithoutDuration) { EXPECT_THAT(sum_of({{1, 1, 0, 5}}, 1).time, ElementsAre(0)); }

TEST(Steps, KeepExtremesOfColumnsAndOfTheSumWhenThinned) {
  // 10,000 instants at 1 and 2; one peak in each column, one hole, and a sum that is highest where neither column is:
  // columns 5 + 5 = 10 at 4321 against 9 + 0 at 1234 and 0 + 9 at 6789.
  constexpr std::size_t kCount = 10'000;
  Steps steps{.time = {}, .value = {std::vector<double>(kCount, 1), std::vector<double>(kCount, 2)}};
  for (std::size_t i = 0; i < kCount; ++i) steps.time.push_back(static_cast<double>(i));
  const auto put = [&](std::size_t at, double a, double b) { steps.value[0][at] = a, steps.value[1][at] = b; };
  put(1234, 9, 0);
  put(6789, 0, 9);
  put(4321, 5, 5);
  const Steps thin = thinned(steps, 100);
  EXPECT_LE(thin.time.size(), 100u);
  EXPECT_EQ(thin.time.front(), 0);
  EXPECT_EQ(thin.time.back(), 9999);
  EXPECT_TRUE(std::ranges::is_sorted(thin.time));
  for (const auto& [at, a, b] : {std::tuple(1234.0, 9.0, 0.0), {6789.0, 0.0, 9.0}, {4321.0, 5.0, 5.0}}) {
    const auto found = std::ranges::find(thin.time, at);
    ASSERT_NE(found, thin.time.end()) << at;
    const auto i = static_cast<std::size_t>(found - thin.time.begin());
    EXPECT_EQ(thin.value[0][i], a);
    EXPECT_EQ(thin.value[1][i], b);
  }
}

TEST(Steps, StayAsTheyAreWhereTheyAreFew) {
  const Steps steps = sum_of({{1, 3, 0, 2}, {2, 4, 0, 3}}, 1);
  EXPECT_EQ(thinned(steps, 8).time, steps.time);
}

}  // namespace
}  // namespace braid
