// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/samples.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(Judge, LeavesOutAndCountsWhatRanWhileThrottled) {
  ThrottleLog log;
  log.add(0.0, 0);
  log.add(0.1, 0);
  log.add(0.2, 0x40);
  log.add(0.3, 0);
  log.add(0.4, 0);
  const Sample samples[] = {{.us = 10, .mhz = 1500, .from_s = 0.01, .to_s = 0.02},
                            {.us = 90, .mhz = 200, .from_s = 0.15, .to_s = 0.16},  // the reading after it is hot
                            {.us = 95, .mhz = 210, .from_s = 0.25, .to_s = 0.26},  // the reading before it is
                            {.us = 12, .mhz = 1000, .from_s = 0.31, .to_s = 0.32},
                            {.us = 14, .mhz = 500, .from_s = 0.35, .to_s = 0.36}};
  const Judged j = judge(samples, log);
  EXPECT_EQ(j.throttled, 2);
  EXPECT_EQ(j.us.n, 3);
  EXPECT_EQ(j.us.median, 12);
  EXPECT_EQ(j.clock_mhz, 1000);
  // 10 x 1.5 = 15, 12 x 1 = 12, 14 x 0.5 = 7.
  EXPECT_EQ(j.kcycles.median, 12);
}

TEST(Judge, KeepsTheTimeOfASampleWhoseClockIsUnknown) {
  const Sample samples[] = {{.us = 10, .mhz = 0}, {.us = 20, .mhz = 1000}, {.us = 30, .mhz = 0}};
  const Judged j = judge(samples, ThrottleLog());
  EXPECT_EQ(j.us.n, 3);
  EXPECT_EQ(j.kcycles.n, 1);
  EXPECT_EQ(j.kcycles.median, 20);  // 20 us x 1000 MHz = 20 thousand cycles
  EXPECT_EQ(j.clock_mhz, 1000);
}

TEST(Judge, OfSamplesThatAllThrottledSaysNothing) {
  ThrottleLog log;
  log.add(0, 0x8);
  const Sample samples[] = {{.us = 10, .mhz = 1000, .from_s = 1, .to_s = 2}};
  const Judged j = judge(samples, log);
  EXPECT_EQ(j.throttled, 1);
  EXPECT_EQ(j.us.n, 0);
}

}  // namespace
}  // namespace braid
