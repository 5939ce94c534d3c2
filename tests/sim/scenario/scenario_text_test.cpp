// SPDX-License-Identifier: Apache-2.0
// A scenario in one text: what a recording of a run keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/scenario/scenario.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

TEST(ScenarioText, OfEveryShippedScenarioReadsAsTheSame) {
  int files = 0;
  for (const char* folder : {"papers", "sizing", "peers"}) {
    for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(BRAID_SOURCE_DIR "/scenarios") / folder)) {
      if (entry.path().extension() != ".toml") continue;
      const std::string path = entry.path().string();
      // Under a path of another folder: nothing in the text may depend on where it lies.
      const Scenario again = parse_scenario(scenario_text(path), "/nowhere/copy.toml");
      const Scenario scenario = read_scenario(path);
      EXPECT_EQ(scenario_hash(again), scenario_hash(scenario)) << path;
      EXPECT_EQ(again.model, scenario.model) << path;
      EXPECT_EQ(again.runs, scenario.runs) << path;
      ++files;
    }
  }
  EXPECT_GE(files, 10);
}

TEST(ScenarioText, HasTheOverridesInside) {
  const std::string path = BRAID_SOURCE_DIR "/scenarios/sizing/qwen2-12b-h100-tp8pp2.toml";
  const std::string text = scenario_text(path, {{"model.layers", "14"}, {"profile", "profile.csv"}});
  const Scenario scenario = parse_scenario(text, "copy.toml");
  EXPECT_EQ(scenario.model.layers, 14);
  EXPECT_EQ(scenario.profile, "profile.csv");
}

}  // namespace
}  // namespace braid
