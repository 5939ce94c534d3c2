// SPDX-License-Identifier: Apache-2.0
#include "sim/report/order_inversions.hpp"

#include <gtest/gtest.h>

#include <random>

namespace braid {
namespace {

StartPair op(int index, Lane lane, double predicted, double measured) {
  StartPair pair{.key = {}, .lane = lane, .predicted = Seconds(predicted), .measured = Seconds(measured)};
  pair.key.index = index;
  return pair;
}

TEST(OrderInversions, CountsPairsThatSwap) {
  // Predicted A B C at 0 1 2, measured C A B (A at 1, B at 2, C at 0): C swapped with A and with B. Of lanes compute,
  // tp, pp all three pairs count. C behind A: predicted lead 2, measured lag 1; C behind B: lead 1, lag 2.
  const Inversions found =
      order_inversions({op(0, Lane::compute, 0, 1), op(1, Lane::tp, 1, 2), op(2, Lane::pp, 2, 0)}, Seconds(0.1), 9);
  EXPECT_EQ(found.count, 2u);
  EXPECT_EQ(found.pairs, 3u);
  EXPECT_DOUBLE_EQ(found.share(), 2.0 / 3);
  ASSERT_EQ(found.largest.size(), 2u);
  EXPECT_EQ(found.largest[0].first.index, 1);
  EXPECT_EQ(found.largest[0].second.index, 2);
  EXPECT_EQ(found.largest[0].measured_lag, 2_s);
  EXPECT_EQ(found.largest[0].predicted_lead, 1_s);
  EXPECT_EQ(found.largest[1].first.index, 0);
}

TEST(OrderInversions, LeavesPairsOfOneLaneAlone) {
  const Inversions found = order_inversions({op(0, Lane::pp, 0, 1), op(1, Lane::pp, 1, 0)}, Seconds(0.1), 9);
  EXPECT_EQ(found.count, 0u);
  EXPECT_EQ(found.pairs, 0u);
}

TEST(OrderInversions, NeedsMoreThanTheSlackOnBothSides) {
  // Apart by exactly the slack of 1 in the prediction, or in the measured run: no order there.
  EXPECT_EQ(order_inversions({op(0, Lane::tp, 0, 5), op(1, Lane::pp, 1, 0)}, Seconds(1), 9).count, 0u);
  EXPECT_EQ(order_inversions({op(0, Lane::tp, 0, 1), op(1, Lane::pp, 5, 0)}, Seconds(1), 9).count, 0u);
  EXPECT_EQ(order_inversions({op(0, Lane::tp, 0, 1.5), op(1, Lane::pp, 1.5, 0)}, Seconds(1), 9).count, 1u);
}

TEST(OrderInversions, NamesNoMoreThanAsked) {
  EXPECT_EQ(order_inversions({op(0, Lane::compute, 0, 1), op(1, Lane::tp, 1, 2), op(2, Lane::pp, 2, 0)}, {}, 1)
                .largest.size(),
            1u);
  EXPECT_TRUE(order_inversions({}, {}, 1).largest.empty());
}

TEST(OrderInversions, AgreesWithAllPairsTriedOneByOne) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<StartPair> ops;
    for (int i = 0; i < 40; ++i) {
      // Whole numbers, so that ties and distances of exactly the slack occur.
      ops.push_back(op(i, static_cast<Lane>(random() % 4), random() % 20, random() % 20));
    }
    std::uint64_t count = 0, pairs = 0;
    double worst = 0;
    for (const StartPair& a : ops) {
      for (const StartPair& b : ops) {
        if (a.lane == b.lane) continue;
        ++pairs;
        if (a.predicted.value < b.predicted.value - 2 && a.measured.value > b.measured.value + 2) {
          ++count;
          worst = std::max(worst, (a.measured - b.measured).value);
        }
      }
    }
    const Inversions found = order_inversions(ops, 2_s, 3);
    EXPECT_EQ(found.count, count);
    EXPECT_EQ(found.pairs, pairs / 2);
    if (count > 0) { EXPECT_EQ(found.largest.front().measured_lag.value, worst); }
  }
}

}  // namespace
}  // namespace braid
