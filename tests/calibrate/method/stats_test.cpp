// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/stats.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace braid {
namespace {

/// n, n - 1, ..., 1: the k-th smallest is k.
std::vector<double> countdown(int n) {
  std::vector<double> v(static_cast<std::size_t>(n));
  std::iota(v.rbegin(), v.rend(), 1.0);
  return v;
}

TEST(MedianIntervalRank, IsThatOfTheBinomialTable) {
  // P(B <= k - 1) with B binomial(n, 1/2), as counts over 2^n:
  // n = 6: 1/64 = 0.0156, and 1 + 6 = 7/64 = 0.109 is too much, so k = 1.
  EXPECT_EQ(median_interval_rank(6), 1);
  // n = 9: (1 + 9)/512 = 0.0195, (10 + 36)/512 = 0.0898: k = 2.
  EXPECT_EQ(median_interval_rank(9), 2);
  // n = 10: (1 + 10)/1024 = 0.0107, (11 + 45)/1024 = 0.0547: k = 2.
  EXPECT_EQ(median_interval_rank(10), 2);
  // n = 15: (1 + 15 + 105 + 455)/32768 = 0.0176, (576 + 1365)/32768 = 0.0592: k = 4.
  EXPECT_EQ(median_interval_rank(15), 4);
  // n = 20: (1 + 20 + 190 + 1140 + 4845 + 15504)/1048576 = 0.0207, (21700 + 38760)/1048576 = 0.0577: k = 6.
  EXPECT_EQ(median_interval_rank(20), 6);
  // Printed tables of nonparametric intervals: n = 25: 8; n = 30: 10; n = 50: 18 (ranks 18 and 33, 96.7 %).
  EXPECT_EQ(median_interval_rank(25), 8);
  EXPECT_EQ(median_interval_rank(30), 10);
  EXPECT_EQ(median_interval_rank(50), 18);
}

TEST(MedianIntervalRank, StaysFiniteWhereTwoToTheMinusNDoesNot) {
  // The normal limit is n/2 - 1.96 sqrt(n)/2 + 1/2: for n = 4000, 2000 - 61.98 + 0.5 = 1938.5.
  EXPECT_NEAR(median_interval_rank(4000), 1938.5, 1);
}

TEST(Stats, GiveQuartilesAndTheHalfWidth) {
  // 1 to 9: quartiles at ranks 0.25 * 8 + 1 = 3 and 0.75 * 8 + 1 = 7; p10 at rank lround(0.8) + 1 = 2, p90 at
  // lround(7.2) + 1 = 8; k = 2: from 2 to 8, half of 6.
  const Stats s = stats(countdown(9));
  EXPECT_EQ(s.n, 9);
  EXPECT_EQ(s.median, 5);
  EXPECT_EQ(s.p25, 3);
  EXPECT_EQ(s.p75, 7);
  EXPECT_EQ(s.p10, 2);
  EXPECT_EQ(s.p90, 8);
  EXPECT_EQ(s.half_width, 3);
  // 1 to 20: k = 6, from 6 to 15: half of 9. The median of an even count lies between 10 and 11.
  EXPECT_EQ(stats(countdown(20)).half_width, 4.5);
  EXPECT_EQ(stats(countdown(20)).median, 10.5);
}

TEST(Stats, OfNothingAreZero) {
  EXPECT_EQ(stats({}).n, 0);
  EXPECT_EQ(stats({}).median, 0);
}

TEST(Stats, OfTwoSamplesTakeTheWholeRange) {
  // Fewer than six samples have no 95 % interval: half of 7 - 3.
  EXPECT_EQ(stats({7, 3}).half_width, 2);
}

}  // namespace
}  // namespace braid
