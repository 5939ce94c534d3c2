// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/memory.hpp"

#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using tiny::Tiny;

std::vector<MemoryPeak> peaks(const Tiny& tiny, PeakConvention convention = PeakConvention::inclusive) {
  const Timeline timeline = tiny.play();
  return memory_peaks(join_complete(tiny.program(), timeline), convention);
}

TEST(Memory, HoldsAnActivationFromItsForwardToItsBackward) {
  // F0 0..1 takes 5, F1 1..2 takes 7, B0 2..3 gives 5 back, B1 3..4 gives 7 back: 5, 12, 12, 7. Peak 12 from 1 on.
  Tiny tiny(1);
  tiny.compute_with_memory(0, 1, {}, 5, 0);
  tiny.compute_with_memory(0, 1, {}, 7, 0);
  tiny.compute_with_memory(0, 1, {}, 0, 5);
  tiny.compute_with_memory(0, 1, {}, 0, 7);
  const MemoryPeak peak = peaks(tiny)[0];
  EXPECT_EQ(peak.bytes, 12_B);
  EXPECT_EQ(peak.time, 1_s);
}

TEST(Memory, FreesWhatEndsBeforeItAllocatesWhatStarts) {
  // Each op takes 5 and gives 5 back; the second starts when the first ends: never 10.
  Tiny tiny(1);
  tiny.compute_with_memory(0, 1, {}, 5, 5);
  tiny.compute_with_memory(0, 1, {}, 5, 5);
  EXPECT_EQ(peaks(tiny)[0].bytes, 5_B);
}

TEST(Memory, HoldsForAnInstantWhatAnOpWithoutDurationTakes) {
  Tiny tiny(1);
  tiny.compute_with_memory(0, 0, {}, 5, 5);
  EXPECT_EQ(peaks(tiny)[0].bytes, 5_B);
}

TEST(Memory, CountsTheBufferOfAReceive) {
  Tiny tiny(2);
  const auto a = tiny.compute_with_memory(0, 1, {}, 3, 3);
  const auto sent = tiny.eager(0, 1, 2, {a});
  // The receive's buffer, 4 bytes, is taken when the transfer starts at 1 and freed with the consumer, 3..5.
  tiny.program().works[tiny.program().ranks[1].ops[sent.recv].work].alloc = 4_B;
  tiny.compute_with_memory(1, 2, {sent.recv}, 6, 10);
  const MemoryPeak peak = peaks(tiny)[1];
  EXPECT_EQ(peak.bytes, 10_B);
  EXPECT_EQ(peak.time, 3_s);
}

TEST(Memory, AddsWhatIsResidentByClass) {
  Tiny tiny(1);
  tiny.compute_with_memory(0, 1, {}, 5, 5);
  auto& resident = tiny.program().ranks[0].resident;
  resident[static_cast<std::size_t>(MemoryClass::parameters)] = 100_B;
  resident[static_cast<std::size_t>(MemoryClass::activations)] = 20_B;
  const MemoryPeak peak = peaks(tiny)[0];
  EXPECT_EQ(peak.bytes, 125_B);
  EXPECT_EQ(peak.by_class[static_cast<std::size_t>(MemoryClass::parameters)], 100_B);
  EXPECT_EQ(peak.by_class[static_cast<std::size_t>(MemoryClass::activations)], 25_B);
}

TEST(Memory, CountsABraidOfFAndBOnceMoreInclusiveThanNetted) {
  // One F, then a block that takes one chunk and gives one back. In the block two are held; after it one.
  Tiny tiny(1);
  tiny.compute_with_memory(0, 1, {}, 1, 0);
  tiny.compute_with_memory(0, 1, {}, 1, 1);
  EXPECT_EQ(peaks(tiny, PeakConvention::inclusive)[0].bytes, 2_B);
  EXPECT_EQ(peaks(tiny, PeakConvention::netted)[0].bytes, 1_B);
}

TEST(Memory, FindsTheFullestRankTheFirstOfEquals) {
  Tiny tiny(3);
  tiny.compute_with_memory(0, 1, {}, 1, 1);
  tiny.compute_with_memory(1, 1, {}, 4, 4);
  tiny.compute_with_memory(2, 1, {}, 4, 4);
  EXPECT_EQ(fullest(peaks(tiny)).rank, 1);
}

TEST(MemoryOverTime, IsAStepFunctionFromWhatIsResident) {
  Tiny tiny(1);
  tiny.compute_with_memory(0, 1, {}, 5, 0);
  tiny.compute_with_memory(0, 2, {}, 7, 12);
  tiny.program().ranks[0].resident[0] = 100_B;
  const Timeline timeline = tiny.play();
  const Counter counter = memory_over_time(join_complete(tiny.program(), timeline), 0);
  EXPECT_EQ(counter.name, "memory");
  const std::vector<std::pair<Seconds, double>> expected{{0_s, 105}, {1_s, 112}, {3_s, 100}};
  EXPECT_EQ(counter.points, expected);
}

TEST(MemoryOverTime, KeepsThePeakAndTheEndWhenThinnedOut) {
  // 50 ops of 1 s; number 31 takes 9 bytes for a second, the others 1.
  Tiny tiny(1);
  for (int i = 0; i < 50; ++i) tiny.compute_with_memory(0, 1, {}, i == 31 ? 9 : 1, i == 31 ? 9 : 1);
  const Timeline timeline = tiny.play();
  const Counter counter = memory_over_time(join_complete(tiny.program(), timeline), 0, 10);
  EXPECT_EQ(counter.points.size(), 10u);
  EXPECT_TRUE(std::count(counter.points.begin(), counter.points.end(), std::pair(31_s, 9.0)) == 1);
  EXPECT_EQ(counter.points.back(), std::pair(50_s, 0.0));
}

TEST(AddMemoryCounters, AddsOneARank) {
  Tiny tiny(2);
  tiny.compute_with_memory(0, 1, {}, 5, 5);
  tiny.compute_with_memory(1, 1, {}, 6, 6);
  Timeline timeline = tiny.play();
  add_memory_counters(tiny.program(), timeline);
  ASSERT_EQ(timeline.ranks[1].counters.size(), 1u);
  EXPECT_EQ(timeline.ranks[1].counters[0].points.front(), std::pair(0_s, 6.0));
}

}  // namespace
}  // namespace braid
