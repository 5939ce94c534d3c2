// SPDX-License-Identifier: Apache-2.0
#include "validate/device/launch_queue.hpp"

#include <gtest/gtest.h>

namespace braid::gpu {
namespace {

TEST(LaunchQueue, IsFullByEntriesAndEmptiesFromTheFront) {
  LaunchQueue q(2, 10);
  q.add(0, 7, 4);
  q.add(0, 8, 4);
  EXPECT_TRUE(q.fits(0, 2));   // 8 + 2 = 10
  EXPECT_FALSE(q.fits(0, 3));  // 11
  EXPECT_TRUE(q.fits(1, 10));  // another stream
  q.retire(0, [](std::uint32_t op) { return op == 8; });
  EXPECT_FALSE(q.fits(0, 3)) << "op 8 is behind op 7, which has not ended";
  q.retire(0, [](std::uint32_t op) { return op == 7; });
  EXPECT_TRUE(q.fits(0, 6));  // 4 + 6
  EXPECT_FALSE(q.fits(0, 7));
  q.clear();
  EXPECT_TRUE(q.fits(0, 10));
}

// An op of more entries than the limit must not wait for ever.
TEST(LaunchQueue, AnEmptyStreamTakesAnything) { EXPECT_TRUE(LaunchQueue(1, 10).fits(0, 11)); }

}  // namespace
}  // namespace braid::gpu
