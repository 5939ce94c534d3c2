// SPDX-License-Identifier: Apache-2.0
// What a point's row keeps: its choice as text, and a scenario that needs no other file wherever the sweep lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "sim/base/csv.hpp"
#include "tests/sim/sweep/plan/small_sweep.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using test::small_sweep;
using testing::ElementsAre;
using testing::Pair;

TEST(Choice, TextAndBack) {
  const Sweep sweep = small_sweep("", R"toml([fields]
"plan.tp" = 2
"cluster.nic_bandwidth" = "100 Gbit/s"
"noise.jitter" = 0.05
"plan.sequence_parallel" = true
"plan.layers_per_stage" = [[1, 2, 2, 3]]
"cluster.name" = "a \"b\"\nc"
[derived]
"plan.dp" = "gpus / (tp * pp)"
)toml");
  const std::string text = to_text(choice_of(sweep, 0));
  EXPECT_EQ(text, R"json({"plan.tp":2,"cluster.nic_bandwidth":"100 Gbit/s","noise.jitter":0.05,)json"
                  R"json("plan.sequence_parallel":true,"plan.layers_per_stage":[1,2,2,3],)json"
                  R"json("cluster.name":"a \"b\"\nc","plan.dp":2,"run":"1f1b-i"})json");
  EXPECT_THAT(
      parse_choice(text, "x.db"),
      ElementsAre(Pair("plan.tp", "2"), Pair("cluster.nic_bandwidth", "100 Gbit/s"), Pair("noise.jitter", "0.05"),
                  Pair("plan.sequence_parallel", "true"), Pair("plan.layers_per_stage", "[1,2,2,3]"),
                  Pair("cluster.name", "a \"b\"\nc"), Pair("plan.dp", "2"), Pair("run", "1f1b-i")));
  const Scenario scenario = scenario_at(sweep, choice_of(sweep, 0));
  EXPECT_EQ(scenario.cluster.name, "a \"b\"\nc");
  EXPECT_EQ(scenario.noise.jitter, 0.05);
  EXPECT_THAT(scenario.plan.layers_per_stage, ElementsAre(1, 2, 2, 3));
}

/// A folder of files, gone with the test.
class Choices : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("choices-" + std::to_string(getpid()));
    fs::create_directories(folder_ / "sweeps");
    fs::create_directories(folder_ / "parts");
    for (const int layers : {8, 16}) {
      write("parts/m" + std::to_string(layers) + ".toml", "name = \"m" + std::to_string(layers) +
                                                              "\"\nlayers = " + std::to_string(layers) +
                                                              "\nhidden = 64\nheads = 8\nffn = 96\nvocab = 1000\n");
    }
    write("parts/p.csv", "");
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) {
    write_file((folder_ / name).string(), text);
    return (folder_ / name).string();
  }

  fs::path folder_;
};

// The small scenario with its model and profile in other files, seen from the sweep's folder.
TEST_F(Choices, FilesAreFoundFromTheSweep) {
  std::string tables = test::small_scenario_tables();
  const std::size_t model = tables.find("[scenario.model]"), cluster = tables.find("[scenario.cluster]");
  tables.replace(model, cluster - model, "model = \"../parts/m8.toml\"\nprofile = \"../parts/p.csv\"\n");
  const std::string path = write("sweeps/x.sweep.toml", "schema = 1\nname = \"x\"\n" + tables +
                                                            "[fields]\nmodel = [\"../parts/m8.toml\", "
                                                            "\"../parts/m16.toml\"]\n\"plan.tp\" = [1, 2]\n");
  const Sweep sweep = read_sweep(path);
  const Choice choice = choice_of(sweep, 3);
  EXPECT_EQ(to_text(choice), R"({"model":"../parts/m16.toml","plan.tp":2,"run":"1f1b-i"})");
  const Scenario scenario = scenario_at(sweep, choice);
  EXPECT_EQ(scenario.model.layers, 16);
  EXPECT_EQ(scenario.profile, (folder_ / "parts/p.csv").string());
  // The text of its row is the same scenario, but for the profile, which a row keeps beside it.
  const Scenario again = parse_scenario(as_one_text(sweep.scenario, sweep.scenario_path, choice.overrides), "row.toml");
  Scenario without_profile = scenario;
  without_profile.profile = "";
  EXPECT_EQ(scenario_hash(again), scenario_hash(without_profile));
}

TEST_F(Choices, TheScenarioMayBeAFileOfItsOwn) {
  std::string scenario = kSmallScenario;
  const std::size_t model = scenario.find("[model]"), cluster = scenario.find("[cluster]");
  scenario.replace(model, cluster - model, "");
  write("parts/s.toml", "model = \"m8.toml\"\n" + scenario);
  const std::string path =
      write("sweeps/y.sweep.toml",
            "schema = 1\nname = \"y\"\nscenario = \"../parts/s.toml\"\n[fields]\n\"model.layers\" = [4, 32]\n");
  const Sweep sweep = read_sweep(path);
  EXPECT_EQ(scenario_at(sweep, choice_of(sweep, 1)).model.layers, 32);
  EXPECT_EQ(scenario_at(sweep, choice_of(sweep, 1)).model.name, "m8");
}

// 3 lines of the sweep, [scenario], and the name is the fourth of the scenario. A fault that shows in a row points at the sweep's own line.
TEST(Choice, AScenariosLinesAreTheSweepFiles) {
  const Sweep sweep = small_sweep("", "[fields]\n\"plan.pp\" = [2, 4]");
  const Scenario scenario = scenario_at(sweep, choice_of(sweep, 0));
  EXPECT_EQ(location(scenario, "model.name"), "s.sweep.toml:8:8:model.name");
}

}  // namespace
}  // namespace braid
