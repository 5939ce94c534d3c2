// SPDX-License-Identifier: Apache-2.0
// Bar 2: the engine plays schedules that other generators wrote, at F = I = W = 1 and messages that cost nothing, and
// finds the makespan, bubbles, peaks and start times that were worked out elsewhere (tests/data/schedules/README.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "sim/base/csv.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/pytorch_csv.hpp"
#include "tests/sim/app/verified.hpp"
#include "tests/sim/schedule/oracle_files.hpp"

namespace braid {
namespace {

std::string case_name(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
}

// ---- summary_unit_costs.csv
// ------------------------------------------------------------------------------------------

/// How a row of the summary is called in file names, and which generator stands in where there is no file.
struct Source {
  std::string stem;
  std::string generator;
  bool searched = false;  ///< the generator is a search of its own: it may find something better
};

const std::map<std::string, Source>& sources() {
  static const std::map<std::string, Source> by_row{
      {"GPipe", {"gpipe", "gpipe"}},
      {"1F1B", {"1f1b", "1f1b"}},
      {"Interleaved1F1B v2", {"interleaved1f1b_v2", "1f1b-i"}},
      {"LoopedBFS v2", {"loopedbfs_v2", "looped-bfs"}},
      {"InterleavedZeroBubble v2", {"interleavedzb_v2", "interleaved-zb"}},
      {"ZB-H1 (sail)", {"zbh1_sail", "zb-h1"}},
      {"ZB-H2 (sail)", {"zbh2_sail", "zb-h2"}},
      {"ZB-V (torch)", {"zbv_torch", "zb-v"}},
      {"ZB-V (sail)", {"zbv_sail", "zb-v"}},
      {"V-Half (sail)", {"vhalf_sail", "v-half", true}},
      {"V-Min (sail)", {"vmin_sail", "v-min", true}},
      {"1F1B-V (sail)", {"v1f1b_sail", "1f1b-v", true}},
      {"DualPipeV", {"dualpipev_torch", "dualpipev"}},
      {"Megatron combined 1F1B v2", {"mcore_combined1f1b_ep_v2", "combined-1f1b"}},
      {"STP", {"stp", "stp"}}};
  return by_row;
}

/// The file of a row, braids in one cell; "" if nobody wrote one for this p and m.
std::string file_of(const test::SummaryRow& row) {
  const std::string stem =
      test::kSchedules + sources().at(row.schedule).stem + "_p" + std::to_string(row.p) + "_m" + std::to_string(row.m);
  for (const char* kind : {".braided_ext.csv", ".compute_only.csv"}) {
    if (std::filesystem::exists(stem + kind)) return stem + kind;
  }
  return "";
}

class SummaryAtUnitCosts : public testing::TestWithParam<test::SummaryRow> {};

TEST_P(SummaryAtUnitCosts, IsWhatTheEnginePlays) {
  const test::SummaryRow& row = GetParam();
  const std::string file = file_of(row);
  const Source& source = sources().at(row.schedule);
  // The p = 2 rows are for m = 8, of which only STP has a file: their schedules are generated.
  const Schedule schedule = file.empty() ? generate_schedule(source.generator, {.stages = row.p, .microbatches = row.m})
                                         : read_schedule(file);
  const AbstractPlay play = test::verified_play(schedule);
  ASSERT_EQ(play.ranks.size(), static_cast<std::size_t>(row.p));
  for (const AbstractRank& rank : play.ranks) EXPECT_EQ(rank.work, 3 * row.m * row.v);
  if (file.empty() && source.searched) {
    EXPECT_LE(play.makespan, row.makespan);
    EXPECT_LE(play.bubble_global, row.bubble_global);
    EXPECT_LE(play.bubble_span, row.bubble_span);
    for (const AbstractRank& rank : play.ranks) EXPECT_LE(rank.peak_inclusive, std::ranges::max(row.peaks_at_i));
    return;
  }
  EXPECT_EQ(play.makespan, row.makespan);
  EXPECT_EQ(play.bubble_global, row.bubble_global);
  EXPECT_EQ(play.bubble_span, row.bubble_span);
  for (std::size_t r = 0; r < play.ranks.size(); ++r) {
    EXPECT_EQ(play.ranks[r].peak_inclusive, row.peaks_at_i[r]) << "rank " << r;
    EXPECT_EQ(play.ranks[r].peak_until_w, row.peaks_at_w[r]) << "rank " << r;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, SummaryAtUnitCosts, testing::ValuesIn(test::summary_rows()), [](const auto& param) {
  return case_name(param.param.schedule) + "_p" + std::to_string(param.param.p) + "_m" + std::to_string(param.param.m);
});

TEST(SummaryRows, AreFortyFour) { EXPECT_EQ(test::summary_rows().size(), 44U); }

// ---- timelines
// -------------------------------------------------------------------------------------------------------

/// Every line of the timeline is a cell of the schedule that starts and ends there, and no cell is left over.
void expect_times(const Schedule& schedule, const AbstractPlay& play, const std::string& path) {
  std::vector<std::vector<std::size_t>> turns;  // by rank and block: the turn, pauses left out
  for (const auto& row : schedule.rows) {
    turns.emplace_back();
    for (std::size_t turn = 0; turn < row.size(); ++turn) {
      if (!row[turn].empty()) turns.back().push_back(turn);
    }
  }
  const std::map<std::string, ActionType> types{
      {"F", ActionType::F}, {"I", ActionType::I}, {"W", ActionType::W}, {"B", ActionType::B}};
  const Csv csv = read_csv(path);
  std::size_t actions = 0;
  for (std::size_t i = 1; i < csv.rows.size(); ++i) {
    const auto& f = csv.rows[i].fields;
    SCOPED_TRACE("rank " + f[0] + " block " + f[1]);
    const auto rank = static_cast<std::size_t>(std::stoi(f[0]));
    const auto block = static_cast<std::size_t>(std::stoi(f[1]));
    ASSERT_LT(block, turns[rank].size());
    const std::size_t turn = turns[rank][block];
    EXPECT_EQ(play.cell_start[rank][turn], std::stod(f[2]));
    EXPECT_EQ(play.cell_end[rank][turn], std::stod(f[3]));
    const auto sub = static_cast<std::size_t>(std::stoi(f[4]));
    const Action action{.type = types.at(f[5]), .stage = std::stoi(f[6]), .microbatch = std::stoi(f[7])};
    ASSERT_LT(sub, schedule.rows[rank][turn].actions.size());
    EXPECT_EQ(schedule.rows[rank][turn].actions[sub], action);
    ++actions;
  }
  std::size_t expected = 0;
  for (const auto& row : schedule.rows) {
    for (const Cell& cell : row) expected += cell.actions.size();
  }
  EXPECT_EQ(actions, expected);
}

/// Which of the files of a schedule has its braids in one cell, as timelines count them.
std::string schedule_beside(const std::string& timeline) {
  const std::string braided = test::sibling(timeline, "braided_ext.csv");
  return std::filesystem::exists(braided) ? braided : test::sibling(timeline, "compute_only.csv");
}

class EagerTimeline : public testing::TestWithParam<std::string> {};

TEST_P(EagerTimeline, IsWhatTheEnginePlays) {
  const Schedule schedule = read_schedule(schedule_beside(GetParam()));
  expect_times(schedule, test::verified_play(schedule), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Files, EagerTimeline, testing::ValuesIn(test::files_ending_in(".timeline_eager.csv")),
                         [](const auto& param) { return case_name(param.param); });

class BatchedTimeline : public testing::TestWithParam<std::string> {};

TEST_P(BatchedTimeline, IsWhatTheEnginePlays) {
  const Schedule schedule = read_schedule(schedule_beside(GetParam()));
  expect_times(schedule, test::verified_play(schedule, {}, P2pMode::batched), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Files, BatchedTimeline, testing::ValuesIn(test::files_ending_in(".timeline_batched.csv")),
                         [](const auto& param) { return case_name(param.param); });

TEST(TimelineFiles, AreAllThere) {
  // 12 schedules at p = 4, m = 8 and m = 12 (1F1B-V and sail's ZB-V have none), and STP's five.
  EXPECT_EQ(test::files_ending_in(".timeline_eager.csv").size(), 29U);
  EXPECT_EQ(test::files_ending_in(".timeline_batched.csv").size(), 5U);
}

// ---- files without a row or a timeline
// -------------------------------------------------------------------------------

class ComputeComms : public testing::TestWithParam<std::string> {};

TEST_P(ComputeComms, PlaysAsItsComputeOnlyFile) {
  const AbstractPlay with = test::verified_play(read_schedule(GetParam()));
  const AbstractPlay without = test::verified_play(read_schedule(test::sibling(GetParam(), "compute_only.csv")));
  EXPECT_EQ(with.makespan, without.makespan);
  EXPECT_EQ(with.bubble_span, without.bubble_span);
}

INSTANTIATE_TEST_SUITE_P(Files, ComputeComms, testing::ValuesIn(test::files_ending_in(".compute_comms.csv")),
                         [](const auto& param) { return case_name(param.param); });

TEST(DualPipe, OfTheAuthorsTakesTheTimeTheyPublish) {
  // 3m + (p/2 - 1)(F&B + B - 3W) = 3*8 + 1*(3 + 2 - 3) = 26, and p + 1 = 5 activations on every rank.
  const AbstractPlay play = test::verified_play(read_schedule(test::kSchedules + "dualpipe_deepseek_p4_m8.bidir.csv"));
  EXPECT_EQ(play.makespan, 26);
  EXPECT_EQ(play.bubble_global, 2);
  for (const AbstractRank& rank : play.ranks) EXPECT_EQ(rank.peak_inclusive, 5);
}

TEST(DualPipe, OfEightRanksTakesTheTimeOfItsAuthors) {
  // 3*20 + 3*(3 + 2 - 3) = 66 slots, p + 1 = 9 activations.
  const AbstractPlay play = test::verified_play(dualpipe({.stages = 8, .microbatches = 20}));
  EXPECT_EQ(play.makespan, 66);
  for (const AbstractRank& rank : play.ranks) EXPECT_EQ(rank.peak_inclusive, 9);
}

}  // namespace
}  // namespace braid
