// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/throttle_log.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(ThrottleLog, JudgesASampleByTheStateDuringIt) {
  ThrottleLog log;
  for (const auto& [at, reasons] : {std::pair{1.0, 0ull}, {1.1, 0ull}, {1.2, 0x40ull}, {1.3, 0ull}, {1.4, 0ull}})
    log.add(at, reasons);
  EXPECT_FALSE(log.throttled(1.01, 1.02));  // between two clean readings
  EXPECT_TRUE(log.throttled(1.15, 1.16));   // the reading after it, at 1.2, is hot
  EXPECT_TRUE(log.throttled(1.25, 1.26));   // the reading before it is
  EXPECT_TRUE(log.throttled(1.05, 1.35));   // one within it is
  EXPECT_FALSE(log.throttled(1.31, 1.39));
}

TEST(ThrottleLog, KnowsWhichReasonsSpoilASample) {
  // 1 idle, 2 application clocks, 4 software power cap, 0x100 display clocks: not throttled.
  for (const unsigned long long reasons : {0x1ull, 0x2ull, 0x4ull, 0x100ull}) {
    ThrottleLog log;
    log.add(1, reasons);
    EXPECT_FALSE(log.throttled(1, 2)) << reasons;
  }
  for (const unsigned long long reasons : {0x8ull, 0x20ull, 0x40ull, 0x80ull, 0x44ull}) {
    ThrottleLog log;
    log.add(1, reasons);
    EXPECT_TRUE(log.throttled(1, 2)) << reasons;
  }
}

TEST(ThrottleLog, WithoutReadingsThrottlesNothing) { EXPECT_FALSE(ThrottleLog().throttled(0, 1)); }

TEST(ThrottleLog, ForgetsAfterAMinute) {
  ThrottleLog log;
  log.add(0, 0x40);
  log.add(59, 0);
  EXPECT_TRUE(log.throttled(0, 1));
  log.add(61, 0);
  EXPECT_FALSE(log.throttled(0, 1));
}

}  // namespace
}  // namespace braid
