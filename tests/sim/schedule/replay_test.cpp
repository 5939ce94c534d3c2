// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/replay.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "oracle_files.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/pytorch_csv.hpp"

namespace braid {
namespace {

TEST(Replay, PaysForTheMessageBetweenRanksOnly) {
  // Two ranks, one microbatch, V: stages 0 3 on rank 0, 1 2 on rank 1; f=2 i=3 w=5 comm=10.
  // F0 0-2, message to 12, F1 12-14, F2 14-16 (same rank, no message), message to 26, F3 26-28.
  const Schedule schedule = zb_v({.stages = 2, .microbatches = 1});
  const Replay played = replay(schedule, {.f = 2, .i = 3, .w = 5, .comm = 10});
  ASSERT_TRUE(played.complete);
  EXPECT_EQ(played.end[0][0], 2);
  EXPECT_EQ(played.end[0][1], 28);
  // I3 28-31, W3 31-36; I2 needs I3 and a message: 41-44, W2 44-49, I1 49-52; I0 after a message 62-65; W0 to 70.
  EXPECT_EQ(played.makespan, 70);
}

TEST(UnitTimes, CountAPauseAsNothing) {
  // 1F1B, two ranks, one microbatch: F0 0-1; rank 1 pauses, F 1-2, B 2-4; B0 4-6.
  const UnitTimes times = unit_times(one_f_one_b({.stages = 2, .microbatches = 1}));
  EXPECT_EQ(times.makespan, 6);
  EXPECT_EQ(times.end[1].back(), 4);
}

TEST(UnitTimes, AreFastEnoughForALargeSchedule) {
  // STP, p = 16, m = 256: 6m + p-1 = 1551. A bound far above what it takes (about 1 ms), far below a quadratic walk.
  const Schedule schedule = stp({.stages = 16, .microbatches = 256});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(unit_times(schedule).makespan, 1551);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(250));
}

class EagerTimeline : public testing::TestWithParam<std::string> {};

TEST_P(EagerTimeline, StartsAndEndsEveryBlockAsTheReferenceDoes) {
  const std::string stp_blocks = test::sibling(GetParam(), "braided_ext.csv");
  const std::string path =
      std::filesystem::exists(stp_blocks) ? stp_blocks : test::sibling(GetParam(), "compute_only.csv");
  const Schedule schedule = test::without_pauses(read_schedule(path));
  const UnitTimes times = unit_times(schedule);
  const Csv timeline = read_csv(GetParam());
  std::size_t actions = 0;
  for (std::size_t i = 1; i < timeline.rows.size(); ++i, ++actions) {
    const auto& f = timeline.rows[i].fields;  // rank,block,block_start,block_end,sub,op,stage,microbatch
    const auto rank = static_cast<std::size_t>(std::stoi(f[0]));
    const auto block = static_cast<std::size_t>(std::stoi(f[1]));
    const auto sub = static_cast<std::size_t>(std::stoi(f[4]));
    const Action& action = schedule.rows.at(rank).at(block).actions.at(sub);
    EXPECT_EQ(action.stage, std::stoi(f[6])) << timeline.at(timeline.rows[i]);
    EXPECT_EQ(action.microbatch, std::stoi(f[7])) << timeline.at(timeline.rows[i]);
    EXPECT_EQ(times.start[rank][block], std::stoi(f[2])) << timeline.at(timeline.rows[i]);
    EXPECT_EQ(times.end[rank][block], std::stoi(f[3])) << timeline.at(timeline.rows[i]);
  }
  std::size_t in_schedule = 0;
  for (const auto& row : schedule.rows) {
    for (const Cell& cell : row) in_schedule += cell.actions.size();
  }
  EXPECT_EQ(actions, in_schedule);
}

INSTANTIATE_TEST_SUITE_P(Files, EagerTimeline, testing::ValuesIn(test::files_ending_in(".timeline_eager.csv")),
                         [](const auto& param) { return "file" + std::to_string(param.index); });

}  // namespace
}  // namespace braid
