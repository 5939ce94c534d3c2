// SPDX-License-Identifier: Apache-2.0
// The laws of the STP schedule, for p and m of which no reference file exists.
#include <gtest/gtest.h>

#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

struct Counts {
  int lone_forwards = 0;
  int lone_input_grads = 0;
  int deferred_weights = 0;
  std::vector<int> passes = std::vector<int>(8, 0);  ///< F, I, W, B of the near chunk, then of the far one
};

Counts count(const std::vector<Cell>& row, int p) {
  Counts counts;
  for (const Cell& cell : row) {
    const bool lone = cell.actions.size() == 1;
    for (const Action& action : cell.actions) {
      ++counts.passes[static_cast<std::size_t>(action.type) + (action.stage < p ? 0 : 4)];
      if (action.type == ActionType::W) ++counts.deferred_weights;
      if (action.type == ActionType::F && lone) ++counts.lone_forwards;
      if (action.type == ActionType::I && lone) ++counts.lone_input_grads;
    }
  }
  return counts;
}

class STP : public testing::TestWithParam<int> {};

TEST_P(STP, Takes6mPlusPMinus1AtUnitCost) {
  const int p = GetParam();
  for (int m = 3 * p - 1; m <= 4 * p + 1; ++m) {
    EXPECT_EQ(unit_times(stp({.stages = p, .microbatches = m})).makespan, 6 * m + p - 1) << "m " << m;
  }
}

TEST_P(STP, HasOneMoreLoneForwardOnEvenRanks) {
  // 2p+1 on even ranks, 2p on odd ones; a lone I never runs: every I is braided with a forward.
  const int p = GetParam();
  for (const int m : {3 * p - 1, 3 * p + 2}) {
    const Schedule schedule = stp({.stages = p, .microbatches = m});
    for (int r = 0; r < p; ++r) {
      const Counts counts = count(schedule.rows[static_cast<std::size_t>(r)], p);
      EXPECT_EQ(counts.lone_forwards, 2 * p + (r % 2 == 0 ? 1 : 0)) << "rank " << r;
      EXPECT_EQ(counts.lone_input_grads, 0) << "rank " << r;
    }
  }
}

TEST_P(STP, Defers3pMinus3MinusRWeightGradients) {
  const int p = GetParam();
  for (const int m : {3 * p - 1, 3 * p, 5 * p}) {
    const Schedule schedule = stp({.stages = p, .microbatches = m});
    for (int r = 0; r < p; ++r) {
      const Counts counts = count(schedule.rows[static_cast<std::size_t>(r)], p);
      EXPECT_EQ(counts.deferred_weights, 3 * p - 3 - r) << "rank " << r;
      for (const std::size_t chunk : {0U, 4U}) {
        EXPECT_EQ(counts.passes[chunk], m);                                 // F
        EXPECT_EQ(counts.passes[chunk + 1] + counts.passes[chunk + 3], m);  // I + B
        EXPECT_EQ(counts.passes[chunk + 1], counts.passes[chunk + 2]);      // I = W
      }
    }
  }
}

TEST_P(STP, BraidsAForwardOnlyWithABackwardOfAnEarlierMicrobatchOfItsChunk) {
  const int p = GetParam();
  for (const auto& row : stp({.stages = p, .microbatches = 4 * p}).rows) {
    for (const Cell& cell : row) {
      if (!cell.braided() || cell.actions[1].type == ActionType::W || cell.actions[1].type == ActionType::F) continue;
      EXPECT_EQ(cell.actions[0].stage, cell.actions[1].stage);
      EXPECT_GT(cell.actions[0].microbatch, cell.actions[1].microbatch);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ranks, STP, testing::Values(2, 3, 4, 5, 6, 8, 16));

}  // namespace
}  // namespace braid
