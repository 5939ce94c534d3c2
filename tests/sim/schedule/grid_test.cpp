// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/grid.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oracle_files.hpp"
#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

TEST(SlotGrid, DrawsTwoRanksByHand) {
  // GPipe, p = 2, m = 1: F 0-1; F 1-2, B 2-4; B 4-6. Microbatches from 1, chunk 0.
  const Schedule schedule = gpipe({.stages = 2, .microbatches = 1});
  EXPECT_EQ(slot_grid(schedule, unit_times(schedule).start),
            "rank,0,1,2,3,4,5\n"
            "0,F0.1,,,,B0.1,B0.1\n"
            "1,,F0.1,B0.1,B0.1,,\n");
}

TEST(SlotGrid, WritesTheActionsOfABraidOneBehindTheOtherAndIAsB) {
  // [F7.1+I7.0] of STP's rank 0: one slot F of chunk 1, then one slot B.
  const Schedule schedule = stp({.stages = 4, .microbatches = 12});
  EXPECT_THAT(slot_grid(schedule, unit_times(schedule).start), testing::HasSubstr(",F1.2,B1.1,F0.9,W1.1,"));
}

TEST(SlotGrid, OfEagerSTPAgreesWithTheFigureIn291Of300Slots) {
  // The figure shows batched messages; played eagerly, two blocks come 1-2 slots earlier: 9 slots differ.
  const Schedule schedule = stp({.stages = 4, .microbatches = 12});
  const Csv ours = parse_csv(slot_grid(schedule, unit_times(schedule).start), "ours");
  const Csv figure = read_csv(test::kSchedules + "stp_fig_p4_m12.grid.csv");
  ASSERT_EQ(ours.rows.size(), figure.rows.size());
  int equal = 0;
  for (std::size_t rank = 1; rank < figure.rows.size(); ++rank) {
    ASSERT_EQ(ours.rows[rank].fields.size(), figure.rows[rank].fields.size());
    for (std::size_t slot = 1; slot < figure.rows[rank].fields.size(); ++slot) {
      equal += ours.rows[rank].fields[slot] == figure.rows[rank].fields[slot] ? 1 : 0;
    }
  }
  EXPECT_EQ(equal, 291);
}

TEST(SlotGrid, OfBatchedTimesIsTheFigure) {
  // The published batched start times, drawn: all 75 x 4 slots of the figure.
  const Schedule schedule = stp({.stages = 4, .microbatches = 12});
  std::vector<std::vector<int>> start(4);
  const Csv timeline = read_csv(test::kSchedules + "stp_p4_m12.timeline_batched.csv");
  for (std::size_t i = 1; i < timeline.rows.size(); ++i) {
    const auto& f = timeline.rows[i].fields;
    auto& row = start[static_cast<std::size_t>(std::stoi(f[0]))];
    if (f[4] == "0") row.push_back(std::stoi(f[2]));
  }
  EXPECT_EQ(slot_grid(schedule, start), test::text_with_lf(test::kSchedules + "stp_fig_p4_m12.grid.csv"));
}

TEST(SlotGrid, RefusesTimesThatOverlap) {
  const Schedule schedule = gpipe({.stages = 1, .microbatches = 2});
  EXPECT_THROW(slot_grid(schedule, {{0, 0, 2, 4}}), Error);
}

}  // namespace
}  // namespace braid
