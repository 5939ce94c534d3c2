// SPDX-License-Identifier: Apache-2.0
#include "sim/app/chunk_counters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/app/abstract_run.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/peaks.hpp"
#include "sim/schedule/pytorch_csv.hpp"

namespace braid {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kSlot = 1'000'000'000;

std::vector<CounterPoint> points(const RunColumns& run, std::int32_t rank, CounterKind kind) {
  for (const RunRow& row : run.rows) {
    if (row.kind != RowKind::counter || row.rank != rank || row.counter != kind) continue;
    return {run.points.begin() + static_cast<std::ptrdiff_t>(row.begin),
            run.points.begin() + static_cast<std::ptrdiff_t>(row.end)};
  }
  return {};
}

double highest(const std::vector<CounterPoint>& points) {
  double most = 0;
  for (const CounterPoint& point : points) most = std::max(most, point.value);
  return most;
}

TEST(ChunkCounters, FollowFIAndWByHand) {
  // One rank, a slot each: F0 0-1, F1 1-2, I0 2-3, I1 3-4, W0 4-5, W1 5-6. For I: 1, 2, 2, 1, 0; for W: from 3 on one,
  // from 4 on two, from 5 on one. Together never more than two.
  const Schedule schedule = parse_schedule("0F0,0F1,0I0,0I1,0W0,0W1\n", "split");
  const RunColumns run = run_columns(schedule, play_abstract(schedule, {}, P2pMode::eager));
  EXPECT_TRUE(check(run.view()).empty());
  EXPECT_THAT(
      points(run, 0, CounterKind::memory_activations),
      ElementsAre(CounterPoint{0, 1}, CounterPoint{kSlot, 2}, CounterPoint{3 * kSlot, 1}, CounterPoint{4 * kSlot, 0}));
  EXPECT_THAT(points(run, 0, CounterKind::memory_deferred_w),
              ElementsAre(CounterPoint{0, 0}, CounterPoint{3 * kSlot, 1}, CounterPoint{4 * kSlot, 2},
                          CounterPoint{5 * kSlot, 1}, CounterPoint{6 * kSlot, 0}));
  EXPECT_THAT(points(run, 0, CounterKind::memory), ElementsAre(CounterPoint{0, 1}, CounterPoint{kSlot, 2},
                                                               CounterPoint{5 * kSlot, 1}, CounterPoint{6 * kSlot, 0}));
}

TEST(ChunkCounters, DeferNothingWhereBIsWhole) {
  const Schedule schedule = generate_schedule("1f1b", {.stages = 3, .microbatches = 5});
  const RunColumns run = run_columns(schedule, play_abstract(schedule, {}, P2pMode::eager));
  for (int rank = 0; rank < 3; ++rank) {
    EXPECT_TRUE(points(run, rank, CounterKind::memory_deferred_w).empty());
    EXPECT_EQ(highest(points(run, rank, CounterKind::memory)), 3 - rank);  // 1F1B: p - rank in flight
  }
}

TEST(ChunkCounters, PeakWhereTheScheduleDoes) {
  for (const char* name : {"1f1b", "zb-h1", "zb-v", "stp", "1f1b-i", "gpipe"}) {
    const Schedule schedule = generate_schedule(name, {.stages = 4, .microbatches = 16});
    const RunColumns run = run_columns(schedule, play_abstract(schedule, {}, P2pMode::eager));
    const PeakActivations peaks = peak_activations(schedule);
    for (std::size_t rank = 0; rank < 4; ++rank) {
      const auto at = static_cast<std::int32_t>(rank);
      EXPECT_EQ(highest(points(run, at, CounterKind::memory_activations)), peaks.inclusive[rank]) << name << rank;
      EXPECT_EQ(highest(points(run, at, CounterKind::memory)), peaks.until_w[rank]) << name << rank;
    }
  }
}

}  // namespace
}  // namespace braid
