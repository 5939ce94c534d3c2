// SPDX-License-Identifier: Apache-2.0
// A scenario as one text is the scenario.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

const std::string kShipped = BRAID_SOURCE_DIR "/scenarios/";

TEST(OneText, ReadsAsTheScenarioThatItIsOf) {
  // The hash sees every field that a simulation depends on; the profile stays outside.
  for (const char* name : {"papers/stp-12b-a800-tp8pp2-6144", "papers/stp-26b-a800-tp4pp8-2048",
                           "peers/gpt3-175b-a100-tp8pp8", "sizing/qwen2-12b-h100-tp8pp2", "sizing/stp-1024"}) {
    const std::string path = kShipped + name + ".toml";
    const Scenario direct = read_scenario(path, {{.path = "profile", .value = ""}});
    const Scenario again = parse_scenario(scenario_as_one_text(path), "elsewhere.toml");
    EXPECT_EQ(scenario_hash(direct), scenario_hash(again)) << name;
    EXPECT_EQ(direct.name, again.name);
    EXPECT_EQ(again.profile, "");
    for (std::size_t i = 0; i < direct.runs.size(); ++i) EXPECT_EQ(direct.runs[i].label, again.runs[i].label);
  }
}

TEST(OneText, HasTheOverridesInIt) {
  const std::string path = kShipped + "sizing/qwen2-12b-h100-tp8pp2.toml";
  const Scenario again = parse_scenario(scenario_as_one_text(path, {{.path = "plan.microbatches", .value = "32"},
                                                                    {.path = "model.layers", .value = "28"}}),
                                        "elsewhere.toml");
  EXPECT_EQ(again.plan.microbatches, 32);
  EXPECT_EQ(again.model.layers, 28);
}

TEST(OneTextErrors, AScheduleFromAFileIsRefused) {
  const std::string path = testing::TempDir() + "braid_one_text.toml";
  std::ofstream(path) << with("schedule = \"1f1b-i\"", "schedule = \"file:mine.csv\"\n");
  try {
    scenario_as_one_text(path);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.what(), path + ":28:12:run.0.schedule: a schedule from a file does not fit in one text");
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace braid
