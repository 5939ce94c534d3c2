// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/progress_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace braid {
namespace {

TEST(SweepSecondsLeft, FollowsThePaceAndNeverExceedsTheAllowance) {
  // 10 s for 20 points are 0.5 s each; 80 are left: 40 s, and of 100 s 90 are left.
  EXPECT_EQ(sweep_seconds_left(10, 20, 100, 100), 40);
  // Of 30 s only 20 are left.
  EXPECT_EQ(sweep_seconds_left(10, 20, 100, 30), 20);
  EXPECT_EQ(sweep_seconds_left(10, 0, 100, 30), 20);
  EXPECT_EQ(sweep_seconds_left(40, 20, 100, 30), 0);
}

TEST(Minutes, RoundSecondsUp) {
  EXPECT_EQ(minutes(125), "2:05");
  EXPECT_EQ(minutes(59.2), "1:00");
  EXPECT_EQ(minutes(-1), "0:00");
}

TEST(ProgressLine, OnATerminalSaysSweepPointsAndTimeLeft) {
  std::ostringstream out;
  double now = 0;
  ProgressLine line(out, true, [&] { return now; });
  line.begin("gemm", 100, 60);
  line.expect(4);
  out.str("");
  now = 5;
  line.measured(1);
  // 5 s a point, three left: 15 s, and 60 s of later sweeps.
  EXPECT_EQ(out.str(), "\r\033[Kgemm 1/4 1:15 left");
}

TEST(ProgressLine, ElsewhereIsOneLineForEachSweep) {
  std::ostringstream out;
  double now = 0;
  ProgressLine line(out, false, [&] { return now; });
  line.begin("gemm", 100, 60);
  line.expect(4);
  now = 61;
  line.measured(3);
  EXPECT_EQ(out.str(), "");
  line.end("allowance used up");
  EXPECT_EQ(out.str(), "gemm: 3 of 4 points, 1:01, allowance used up\n");
}

}  // namespace
}  // namespace braid
