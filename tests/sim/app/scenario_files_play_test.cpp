// SPDX-License-Identifier: Apache-2.0
// Every file under scenarios/ plays, and so does every schedule that others wrote, with a real model: verified, every
// second accounted for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "sim/program/scheduled.hpp"
#include "sim/schedule/pytorch_csv.hpp"
#include "tests/sim/app/verified.hpp"
#include "tests/sim/schedule/oracle_files.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

const fs::path kScenarios = fs::path(BRAID_SOURCE_DIR) / "scenarios";

void expect_sound(const PlayedRun& played) {
  const RunReport& report = played.report;
  EXPECT_GT(report.step_time.value, 0);
  EXPECT_GT(report.samples_per_s, 0);
  EXPECT_GT(report.mfu, 0);
  EXPECT_LT(report.mfu, 1);
  EXPECT_GT(report.peak.bytes.value, 0);
  // Bubbles are shares of the step, and the mean idle time of all causes is the global bubble.
  EXPECT_GE(report.bubble_global.value, 0);
  EXPECT_LE(report.bubble_span, report.bubble_global);
  double idle = 0;
  for (const OverRanks& cause : report.idle) idle += cause.mean.value;
  EXPECT_NEAR(idle, report.bubble_global.value, 1e-9 * report.step_time.value);
  EXPECT_GT(test::expect_every_second_accounted_for(played), 0);
}

/// Plays every run of every scenario in the folder and returns how many runs that were.
int play_folder(const std::string& folder) {
  int runs = 0;
  for (const auto& entry : fs::directory_iterator(kScenarios / folder)) {
    // Sweeps are expanded by sim/sweep/plan's tests.
    if (entry.path().extension() != ".toml" || entry.path().string().ends_with(".sweep.toml")) continue;
    Scenario scenario = read_scenario(entry.path().string());
    throw_if_any(check(scenario));
    for (const braid::Run& run : scenario.runs) {
      SCOPED_TRACE(entry.path().filename().string() + " " + label_of(run));
      expect_sound(test::verified_play(scenario, run));
      scenario.network = scenario.network == NetworkKind::ideal ? NetworkKind::simgrid : NetworkKind::ideal;
      expect_sound(test::verified_play(scenario, run));
      ++runs;
    }
  }
  return runs;
}

// Both networks, folded as the files say.
TEST(ScenarioFilesPlay, OfThePapers) { EXPECT_GE(play_folder("papers"), 24); }
TEST(ScenarioFilesPlay, OfPeers) { EXPECT_GE(play_folder("peers"), 1); }
TEST(ScenarioFilesPlay, OfSizing) { EXPECT_GE(play_folder("sizing"), 1); }
TEST(ScenarioFilesPlay, OfValidation) { EXPECT_GE(play_folder("validate"), 8); }

TEST(ScenarioFilesPlay, FromEveryFolderThatThereIs) {
  // Models, clusters and profiles are parts of scenarios; sim/scenario's tests read them.
  std::vector<std::string> folders;
  for (const auto& entry : fs::directory_iterator(kScenarios)) folders.push_back(entry.path().filename().string());
  EXPECT_THAT(folders,
              testing::IsSubsetOf({"clusters", "models", "papers", "peers", "profiles", "sizing", "validate"}));
}

TEST(ScenarioFilesPlay, TheExampleOfInit) {
  const Scenario scenario = parse_scenario(example_scenario(), "scenario.toml");
  for (const braid::Run& run : scenario.runs) expect_sound(test::verified_play(scenario, run));
}

// ---- schedules of others
// ---------------------------------------------------------------------------------------------

std::vector<std::string> imported_files() {
  std::vector<std::string> files;
  for (const char* kind : {".compute_only.csv", ".braided_ext.csv", ".bidir.csv"}) {
    for (const std::string& path : test::files_ending_in(kind)) files.push_back(path);
  }
  return files;
}

class ImportedSchedule : public testing::TestWithParam<std::string> {};

TEST_P(ImportedSchedule, PlaysWithAModelInBothModes) {
  const Schedule schedule = read_schedule(GetParam());
  // Eight layers divide over the 2 to 8 stages of all files.
  const Scenario scenario = parse_scenario(test::kThreeRuns, "three.toml",
                                           {{"plan.pp", std::to_string(schedule.ranks())},
                                            {"plan.microbatches", std::to_string(schedule.microbatches)},
                                            {"plan.dp", "1"},
                                            {"network", "ideal"}});
  throw_if_any(check(scenario));
  for (const P2pMode mode : {P2pMode::eager, P2pMode::batched}) {
    SCOPED_TRACE(mode == P2pMode::eager ? "eager" : "batched");
    const braid::Run run{.schedule = "file:" + GetParam(), .p2p = mode};
    for (const Issue& issue : check(lower(schedule, scenario, run))) FAIL() << issue.where << ": " << issue.what;
    expect_sound(test::verified_play(scenario, run));
  }
}

INSTANTIATE_TEST_SUITE_P(Files, ImportedSchedule, testing::ValuesIn(imported_files()), [](const auto& param) {
  std::string name = fs::path(param.param).filename().string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name;
});

}  // namespace
}  // namespace braid
