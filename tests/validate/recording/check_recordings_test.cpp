// SPDX-License-Identifier: Apache-2.0
#include "validate/recording/check_recordings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/base/csv.hpp"
#include "sim/cost/profile.hpp"
#include "sim/engine/core/simulate.hpp"
#include "tests/validate/fabricated.hpp"
#include "tests/validate/recording/damaged.hpp"
#include "validate/runner/replay.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Limits& shipped() {
  static const Limits limits = read_limits(BRAID_SOURCE_DIR "/validate/limits.toml");
  return limits;
}

/// Records the run of that label as if `slow_class` took `factor` times its cost.
void record(const std::string& folder, std::size_t index, const std::string& slow_class, double factor,
            const std::string& profile = "") {
  const Scenario scenario = parse_scenario(kFabricatedScenario, "f.toml");
  const Priced p = priced(scenario, index);
  Recording recording{.scenario_toml = kFabricatedScenario,
                      .profile_csv = {},
                      .schedule = scenario.runs[index].schedule,
                      .run = fabricated_run(p.program, with_class_scaled(p.program, p.costs, slow_class, factor),
                                            scenario.cluster, {.jitter = 0.005})};
  if (!profile.empty()) recording.profile_csv = profile;
  write_recording(folder, recording);
}

TEST(CheckRecordings, HoldWhereThePredictionIsRight) {
  const TemporaryFolder folder;
  for (std::size_t i = 0; i < 3; ++i) record(folder / ("run-" + std::to_string(i)), i, "F mlp", 1.01);
  const auto checked = check_recordings(folder / "", shipped());
  ASSERT_EQ(checked.size(), 1u) << "one scenario, placement and GPU: one report";
  EXPECT_THAT(checked[0].names, testing::ElementsAre("run-0", "run-1", "run-2"));
  EXPECT_EQ(checked[0].report.order.size(), 3u);
  EXPECT_EQ(broken(checked), std::vector<Issue>{});
  EXPECT_GT(checked[0].report.verdicts.size(), 15u);
}

TEST(CheckRecordings, NameTheClassThatIsBeyond) {
  // The forward of the MLP took 1.3 times what is predicted today: 1 / 1.3 - 1 = -23 %, allowed 10 %.
  const TemporaryFolder folder;
  record(folder / "good", 0, "F mlp", 1);
  record(folder / "slow-mlp", 2, "F mlp", 1.3);
  const auto issues = broken(check_recordings(folder / "", shipped()));
  const auto unit = std::ranges::find_if(issues, [](const Issue& i) { return i.what.starts_with("unit_error"); });
  ASSERT_NE(unit, issues.end());
  EXPECT_EQ(unit->where, "slow-mlp");
  EXPECT_THAT(unit->what, StartsWith("unit_error_percent of stp: -2"));
  EXPECT_THAT(unit->what, HasSubstr("(at most 10): F mlp"));
  for (const Issue& issue : issues) EXPECT_NE(issue.where, "good") << issue.what;
}

TEST(CheckRecordings, PredictWithTheProfileOfTheRecording) {
  // A profile with half the GEMM efficiency predicts steps far slower than the run was.
  const TemporaryFolder folder;
  const Gpu gpu = parse_scenario(kFabricatedScenario, "f.toml").cluster.gpu;
  Profile profile = default_profile(gpu);
  profile = with_parameter(profile, "gemm_efficiency", parameter(profile, "gemm_efficiency") / 2);
  record(folder / "r", 0, "F mlp", 1, to_csv(profile));
  const auto checked = check_recordings(folder / "", shipped());
  EXPECT_GT(checked[0].report.runs[0].step_error(), 0.3);
}

/// A rank of the STP run, its program played as if F mlp took `factor` times its cost.
void record_replay(const std::string& folder, double factor, int rank = 1) {
  const Scenario scenario = parse_scenario(kFabricatedScenario, "f.toml");
  const Priced p = priced(scenario, 2);
  const Replay replay =
      replay_of(p.program, p.costs, scenario.cluster, simulate_ideal(p.program, p.costs, scenario.cluster), rank);
  write_recording(
      folder, {.scenario_toml = kFabricatedScenario,
               .profile_csv = {},
               .schedule = "stp",
               .rank = rank,
               .run = fabricated_run(replay.program, with_class_scaled(replay.program, replay.costs, "F mlp", factor),
                                     scenario.cluster, {.jitter = 0.005, .placement = "replay"})});
}

TEST(CheckRecordings, PredictTheRankOfAReplay) {
  const TemporaryFolder folder;
  record_replay(folder / "r", 1);
  const auto checked = check_recordings(folder / "", shipped());
  ASSERT_EQ(checked.size(), 1u);
  EXPECT_EQ(broken(checked), std::vector<Issue>{});
  const ValidationRun& run = checked[0].report.runs[0];
  EXPECT_EQ(run.program.ranks.size(), 1u);
  // Waiting for the absent rank is waiting, not transfer and not communication.
  ASSERT_NE(run.comparison.find("peer"), nullptr);
  const auto idle = [&](Cause cause) { return run.comparison.idle[static_cast<std::size_t>(cause)].predicted; };
  EXPECT_GT(idle(Cause::pp_wait) + idle(Cause::warm_up), idle(Cause::pp_transfer));
}

TEST(CheckRecordings, NameTheClassThatIsBeyondInAReplay) {
  const TemporaryFolder folder;
  record_replay(folder / "r", 1.3);
  const auto issues = broken(check_recordings(folder / "", shipped()));
  ASSERT_FALSE(issues.empty());
  EXPECT_THAT(issues, testing::Contains(testing::Field(&Issue::what, HasSubstr("(at most 10): F mlp"))));
}

TEST(CheckRecordings, PredictFromWorksThatWereMeasuredBeside) {
  const TemporaryFolder folder;
  record(folder / "r", 0, "F mlp", 1.3);
  EXPECT_FALSE(broken(check_recordings(folder / "", shipped())).empty());
  // The works as they were played: F mlp 1.3 times as long, the rest as predicted.
  const Recording recording = read_recording(folder / "r");
  const Prediction made = predict(recording, folder / "r").prediction;
  const Costs slower = with_class_scaled(made.program, made.costs, "F mlp", 1.3);
  MeasuredWorks works{.duration = slower.duration, .stretch = slower.stretch};
  works.stretch.resize(made.program.works.size());
  for (auto& row : works.stretch) row.resize(made.program.works.size());
  write_file(folder / "r/works.csv", works_csv(made.program, works));
  EXPECT_EQ(broken(check_recordings(folder / "", shipped())), std::vector<Issue>{});
}

TEST(CheckRecordings, RanksOfAReplayHaveNoOrder) {
  // The last stage has the head and takes longer than the first: that is no schedule that lost.
  const TemporaryFolder folder;
  for (const int rank : {0, 1}) record_replay(folder / ("rank" + std::to_string(rank)), 1, rank);
  const auto checked = check_recordings(folder / "", shipped());
  ASSERT_EQ(checked.size(), 2u);
  for (const CheckedRecordings& one : checked) EXPECT_TRUE(one.report.order.empty());
}

TEST(CheckRecordings, TakeOneFolderAsWell) {
  const TemporaryFolder folder;
  record(folder / "r", 0, "F mlp", 1);
  const auto checked = check_recordings(folder / "r", shipped());
  ASSERT_EQ(checked.size(), 1u);
  EXPECT_EQ(checked[0].names, std::vector<std::string>{"r"});
  EXPECT_EQ(check_recordings(folder / "r/", shipped()).at(0).names, std::vector<std::string>{"r"});
}

TEST(CheckRecordings, FindNothingInAnEmptyFolder) {
  const TemporaryFolder folder;
  EXPECT_TRUE(check_recordings(folder / "", shipped()).empty());
  EXPECT_TRUE(check_recordings("/no/such/folder", shipped()).empty());
}

TEST(CheckRecordings, OfTheRepositoryHold) {
  for (const Issue& issue : broken(check_recordings(BRAID_SOURCE_DIR "/validate/recordings", shipped()))) {
    ADD_FAILURE() << issue.where << ": " << issue.what;
  }
}

TEST(CheckRecordingsErrors, ARunThatTheScenarioHasNotIsNamed) {
  const TemporaryFolder folder;
  record(folder / "r", 0, "F mlp", 1);
  replace_in(folder / "r/run.json", "\"schedule\": \"1f1b\"", "\"schedule\": \"gpipe\"");
  EXPECT_EQ(fault_of([&] { check_recordings(folder / "", {}); }),
            (folder / "") + "r/run.json:schedule: the scenario has no run 'gpipe'");
}

TEST(CheckRecordingsErrors, ARunOfAnotherProgramIsRefused) {
  const TemporaryFolder folder;
  record(folder / "r", 0, "F mlp", 1);
  replace_in(folder / "r/scenario.toml", "microbatches = 8", "microbatches = 9");
  EXPECT_THAT(fault_of([&] { check_recordings(folder / "", {}); }), HasSubstr("mb8 chunk0 layer0: never ran"));
}

TEST(CheckRecordingsErrors, ARankThatThePlanHasNotIsNamed) {
  const TemporaryFolder folder;
  record_replay(folder / "r", 1);
  replace_in(folder / "r/run.json", "\"rank\": 1", "\"rank\": 2");
  EXPECT_EQ(fault_of([&] { check_recordings(folder / "", {}); }),
            (folder / "") + "r/run.json:rank: the plan has pipeline ranks 0 to 1, not 2");
}

TEST(CheckRecordingsErrors, ABrokenScenarioIsPlaced) {
  const TemporaryFolder folder;
  record(folder / "r", 0, "F mlp", 1);
  replace_in(folder / "r/scenario.toml", "layers = 8", "layers = 0");
  EXPECT_THAT(fault_of([&] { check_recordings(folder / "", {}); }), HasSubstr("/r/scenario.toml:6:"));
}

}  // namespace
}  // namespace braid
