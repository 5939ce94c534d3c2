// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/event_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

namespace braid {
namespace {

TEST(EventHeap, KeepsWhatItWasGiven) {
  const QueuedEvent event = QueuedEvent::at(1.5, 12'345'678, 0xfffffffeu, Happens::latency_over);
  EXPECT_EQ(event.instance(), 12'345'678u);
  EXPECT_EQ(event.op(), 0xfffffffeu);
  EXPECT_EQ(event.what(), Happens::latency_over);
}

TEST(EventHeap, PopsByTimeRankAndOpWhateverTheOrderOfPushes) {
  // 6 times x 5 ranks x 4 ops, shuffled twenty ways: the pops are the sorted list each time.
  std::vector<QueuedEvent> sorted;
  for (int time = 0; time < 6; ++time) {
    for (std::uint32_t rank = 0; rank < 5; ++rank) {
      for (std::uint32_t op = 0; op < 4; ++op) sorted.push_back(QueuedEvent::at(time, rank, op, Happens::ended));
    }
  }
  std::mt19937 random(7);  // the seed
  for (int round = 0; round < 20; ++round) {
    std::vector<QueuedEvent> shuffled = sorted;
    std::ranges::shuffle(shuffled, random);
    EventHeap heap;
    for (const QueuedEvent& event : shuffled) heap.push(event);
    for (const QueuedEvent& event : sorted) {
      const QueuedEvent popped = heap.pop();
      ASSERT_EQ(popped.time, event.time);
      ASSERT_EQ(popped.id, event.id);
    }
    EXPECT_TRUE(heap.empty());
  }
}

}  // namespace
}  // namespace braid
