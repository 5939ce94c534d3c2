// SPDX-License-Identifier: Apache-2.0
// Run files of schedules played at abstract costs: the cells of every generator, in slots.
#include "sim/app/abstract_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/schedule/generators.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

using testing::IsEmpty;

constexpr std::int64_t kSlot = 1'000'000'000;

const RunRow& row_of(const RunColumns& run, int rank, RowKind kind) {
  for (const RunRow& row : run.rows) {
    if (row.rank == rank && row.kind == kind && row.lane == Lane::compute) return row;
  }
  throw std::runtime_error("no such row");
}

TEST(AbstractRun, NamesTheCellsOfOneForwardOneBackward) {
  // p = 2, m = 2. Rank 0: F0 F1 . B0 B1 with B = 2: F0 0-1, F1 1-2; rank 1: F0 1-2, B0 2-4, F1 4-5, B1 5-7; so rank 0
  // has B0 4-6, and B1 when it is back at 7: 7-9. 9 slots; rank 0 idles 2-4 and 6-7, rank 1 0-1 and 7-9.
  const Schedule schedule = generate_schedule("1f1b", {.stages = 2, .microbatches = 2});
  const RunColumns run = run_columns(schedule, test::verified_play(schedule));
  ASSERT_THAT(check(run.view()), IsEmpty());
  const auto text = [&](int rank, RowKind kind) {
    std::string all;
    const RunRow& row = row_of(run, rank, kind);
    for (auto i = static_cast<std::uint32_t>(row.begin); i < row.end; ++i) {
      all += label_of(run.view(), i) + " " + std::to_string(run.start[i] / kSlot) + "-" +
             std::to_string(run.end[i] / kSlot) + ", ";
    }
    return all;
  };
  EXPECT_EQ(text(0, RowKind::passes), "F0 0-1, F1 1-2, B0 4-6, B1 7-9, ");
  EXPECT_EQ(text(0, RowKind::lane), "F0 0-1, F1 1-2, idle: pp_wait 2-4, B0 4-6, idle: pp_wait 6-7, B1 7-9, ");
  EXPECT_EQ(text(1, RowKind::passes), "F0 1-2, B0 2-4, F1 4-5, B1 5-7, ");
  EXPECT_EQ(text(1, RowKind::lane), "idle: warm_up 0-1, F0 1-2, B0 2-4, F1 4-5, B1 5-7, idle: drain 7-9, ");
  const auto facts = nlohmann::json::parse(run.facts);
  EXPECT_EQ(facts["kind"], "abstract");
  EXPECT_EQ(facts["time_unit"], "slot");
  EXPECT_EQ(facts["step_time_ns"], 9 * kSlot);
}

TEST(AbstractRun, OfEveryScheduleHasEachCellOnceAndNoHole) {
  for (const GeneratorEntry& generator : generators()) {
    const std::string& name = generator.name;
    const Schedule schedule = generate_schedule(name, {.stages = 4, .microbatches = 12});
    const AbstractPlay play = test::verified_play(schedule);
    const RunColumns run = run_columns(schedule, play);
    ASSERT_THAT(check(run.view()), IsEmpty()) << name;
    const auto step = static_cast<std::int64_t>(play.makespan) * kSlot;
    for (int rank = 0; rank < schedule.ranks(); ++rank) {
      const RunRow& passes = row_of(run, rank, RowKind::passes);
      std::uint64_t next = passes.begin;
      for (const Cell& cell : schedule.rows[static_cast<std::size_t>(rank)]) {
        if (cell.empty()) continue;
        ASSERT_LT(next, passes.end) << name;
        const bool two = label_of(run.view(), static_cast<std::uint32_t>(next)).find(" & ") != std::string::npos;
        EXPECT_EQ(two, cell.braided()) << name;
        EXPECT_EQ(run.key[next].microbatch, cell.actions.front().microbatch) << name;
        ++next;
      }
      EXPECT_EQ(next, passes.end) << name;
      const RunRow& compute = row_of(run, rank, RowKind::lane);
      std::int64_t at = 0;
      std::uint64_t cell = passes.begin;
      for (std::uint64_t i = compute.begin; i < compute.end; ++i) {
        EXPECT_EQ(run.start[i], at) << name;
        at = run.end[i];
        if (is_idle(run.category[i])) continue;
        EXPECT_EQ(run.start[i], run.start[cell]) << name;
        EXPECT_EQ(run.name[i], run.name[cell]) << name;
        ++cell;
      }
      EXPECT_EQ(cell, passes.end) << name;
      EXPECT_EQ(at, step) << name;
    }
  }
}

}  // namespace
}  // namespace braid
