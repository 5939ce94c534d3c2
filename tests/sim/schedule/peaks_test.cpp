// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/peaks.hpp"

#include <gtest/gtest.h>

#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

TEST(PeakActivations, OfAFullBackwardAreTheSameInAllConventionsButNetted) {
  // 1F1B, rank r holds p-r: p-1-r from warm-up and the one it computes; no braids, so netted agrees too.
  const PeakActivations peaks = peak_activations(one_f_one_b({.stages = 4, .microbatches = 8}));
  const std::vector<int> held{4, 3, 2, 1};
  EXPECT_EQ(peaks.inclusive, held);
  EXPECT_EQ(peaks.until_w, held);
  EXPECT_EQ(peaks.netted, held);
}

TEST(PeakActivations, OfABraidCountItsForwardBeforeItsBackwardFreesUnlessNetted) {
  // [F1+B0] on one rank, m = 2: F0 (1 live), then F1 enters (2) before B0 leaves (1), then B1.
  Schedule schedule{.name = "x", .microbatches = 2, .rank_of_stage = {0}, .reverse_rank_of_stage = {}, .rows = {{}}};
  const auto act = [](ActionType type, int mb) { return Action{.type = type, .stage = 0, .microbatch = mb}; };
  schedule.rows[0] = {
      {{act(ActionType::F, 0)}}, {{act(ActionType::F, 1), act(ActionType::B, 0)}}, {{act(ActionType::B, 1)}}};
  const PeakActivations peaks = peak_activations(schedule);
  EXPECT_EQ(peaks.inclusive, std::vector<int>{2});
  EXPECT_EQ(peaks.netted, std::vector<int>{1});
}

TEST(PeakActivations, OfSTPFollowTheTableOfThePaperAndOfTheReference) {
  // netted 3p and inclusive 3p+1 on every rank; until W 3p+1 on ranks 0 and 1, then one more a rank: p = 4 gives
  // 13 13 14 15 and p = 8 25 25 26 ... 31 (4p-1 on the last).
  for (const int p : {2, 3, 4, 5, 8}) {
    const PeakActivations peaks = peak_activations(stp({.stages = p, .microbatches = 4 * p}));
    for (int r = 0; r < p; ++r) {
      const auto at = static_cast<std::size_t>(r);
      EXPECT_EQ(peaks.netted[at], 3 * p) << "p " << p << " rank " << r;
      EXPECT_EQ(peaks.inclusive[at], 3 * p + 1) << "p " << p << " rank " << r;
      EXPECT_EQ(peaks.until_w[at], 3 * p + std::max(1, r)) << "p " << p << " rank " << r;
    }
  }
}

TEST(PeakActivations, OfInterleaved1F1BAre3pMinus1AndOfZBV2p) {
  for (const int p : {2, 3, 4, 6}) {
    const auto interleaved = peak_activations(interleaved_one_f_one_b({.stages = p, .microbatches = 3 * p}));
    EXPECT_EQ(interleaved.netted[0], 3 * p - 1);  // warm-up p + 2(p-1), and one more before the first B
    EXPECT_EQ(interleaved.inclusive[0], 3 * p - 1);
    const auto v = peak_activations(zb_v({.stages = p, .microbatches = 3 * p}));
    for (const int held : v.until_w) EXPECT_EQ(held, 2 * p);
  }
}

}  // namespace
}  // namespace braid
