// SPDX-License-Identifier: Apache-2.0
// Which GPU plays which rank.
#include "sim/base/hardware.hpp"

#include <gtest/gtest.h>

#include <set>

namespace braid {
namespace {

TEST(PlacementGpu, CountsTheFirstCoordinateFastest) {
  // TP 2, PP 3, DP 4 at (tp 1, pp 2, dp 3).
  Placement p{.tp = 2, .pp = 3, .dp = 4};
  p.order = RankOrder::tp_dp_pp;  // 1 + 2*3 + 2*4*2
  EXPECT_EQ(p.gpu(1, 2, 3), 23);
  EXPECT_EQ(p.gpu(0, 2, 1), 18);  // 2*1 + 8*2
  p.order = RankOrder::tp_pp_dp;  // 2*2 + 6*1
  EXPECT_EQ(p.gpu(0, 2, 1), 10);
  p.order = RankOrder::pp_tp_dp;  // 2 + 3*0 + 6*1
  EXPECT_EQ(p.gpu(0, 2, 1), 8);
  p.order = RankOrder::dp_tp_pp;  // 1 + 4*0 + 8*2
  EXPECT_EQ(p.gpu(0, 2, 1), 17);
}

TEST(PlacementGpu, GivesEveryRankAGpuOfItsOwn) {
  for (const RankOrder order : {RankOrder::tp_dp_pp, RankOrder::tp_pp_dp, RankOrder::pp_tp_dp, RankOrder::dp_tp_pp}) {
    const Placement p{.tp = 2, .pp = 3, .dp = 5, .order = order};
    std::set<int> gpus;
    for (int t = 0; t < p.tp; ++t) {
      for (int s = 0; s < p.pp; ++s) {
        for (int d = 0; d < p.dp; ++d) gpus.insert(p.gpu(t, s, d));
      }
    }
    EXPECT_EQ(gpus.size(), 30u);
    EXPECT_EQ(*gpus.begin(), 0);
    EXPECT_EQ(*gpus.rbegin(), p.ranks() - 1);
  }
}

}  // namespace
}  // namespace braid
