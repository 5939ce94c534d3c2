// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/schedule.hpp"

#include <gtest/gtest.h>

#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

TEST(ScheduleText, IsTheFourRankTableOf1F1B) {
  // Rank r warms up with 3-r forwards, then alternates, then drains; torch writes its pauses as "-".
  EXPECT_EQ(to_text(one_f_one_b({.stages = 4, .microbatches = 4})),
            "0: F0.0 F0.1 F0.2 - - - - - - F0.3 B0.0 - B0.1 - B0.2 - B0.3\n"
            "1: - F1.0 F1.1 - - - - F1.2 B1.0 F1.3 B1.1 - B1.2 - B1.3\n"
            "2: - - F2.0 - - F2.1 B2.0 F2.2 B2.1 F2.3 B2.2 - B2.3\n"
            "3: - - - F3.0 B3.0 F3.1 B3.1 F3.2 B3.2 F3.3 B3.3\n");
}

TEST(ScheduleText, PutsBraidsInBrackets) {
  // Rank 1 of STP at p=2, m=5 by its nine steps, r = 1: no step 1; {F0,F1} twice; s = 2: one FF; no step 4;
  // 2(5-6+1)+1+2 = 3 blocks of which the last is zb (index 0+1+1 = 2); one {B0, FB1 zb}; {B0,B1} twice; B0; W W.
  const std::string text = to_text(stp({.stages = 2, .microbatches = 5}));
  EXPECT_EQ(text.substr(text.find("1:")),
            "1: F1.0 F2.0 F1.1 F2.1 [F1.2+F1.3] [F2.2+B2.0] [F1.4+B1.0] [F2.3+I2.1] B1.1 [F2.4+I2.2] B1.2 B2.3 B1.3 "
            "B2.4 B1.4 W2.1 W2.2\n");
}

TEST(Schedule, KnowsTheStagesOfARank) {
  // Stage s and 2p-1-s share a rank of a V; p = 3: rank 1 has stages 1 and 4.
  EXPECT_EQ(zb_v({.stages = 3, .microbatches = 4}).stages_of(1), (std::vector<int>{1, 4}));
  // Loop: stage s on rank s mod p; p = 2, v = 3: rank 1 has 1, 3, 5.
  EXPECT_EQ(looped_bfs({.stages = 2, .microbatches = 2, .chunks = 3}).stages_of(1), (std::vector<int>{1, 3, 5}));
}

TEST(Schedule, KnowsBothHomesOfAStageOfDualPipe) {
  const Schedule schedule = dualpipe({.stages = 4, .microbatches = 8});
  EXPECT_EQ(schedule.stages_of(0), (std::vector<int>{0, 3}));
  EXPECT_EQ(schedule.rank_of(1, 3), 1);  // 3 < m/2 = 4
  EXPECT_EQ(schedule.rank_of(1, 4), 2);  // p-1-1
}

}  // namespace
}  // namespace braid
