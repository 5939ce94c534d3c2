// SPDX-License-Identifier: Apache-2.0
// Every file under scenarios/ reads and checks; the models have the published numbers of parameters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

const fs::path kScenarios = fs::path(BRAID_SOURCE_DIR) / "scenarios";

std::vector<std::string> files_under(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (path.ends_with(".toml") && !path.ends_with(".sweep.toml")) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(ScenarioFiles, ReadAndCheck) {
  int scenarios = 0;
  for (const std::string& path : files_under(kScenarios)) {
    SCOPED_TRACE(path);
    const std::string folder = fs::path(path).parent_path().filename().string();
    const std::string stem = fs::path(path).stem().string();
    if (folder == "models") {
      EXPECT_EQ(read_model(path).name, stem);
    } else if (folder == "clusters") {
      EXPECT_EQ(read_cluster(path).name, stem);
    } else {
      const Scenario s = read_scenario(path);
      EXPECT_EQ(s.name, stem);
      EXPECT_THAT(check(s), IsEmpty());
      for (const braid::Run& run : s.runs) {
        // V-shaped and interleaved schedules of these files have two chunks a rank, 1F1B has one.
        EXPECT_NO_THROW(layers_of_stages(s, s.plan.pp * (run.schedule == "1f1b" ? 1 : 2))) << run.schedule;
      }
      ++scenarios;
    }
  }
  EXPECT_GE(scenarios, 10);
}

TEST(ScenarioFiles, CoverEveryConfigurationOfThePaper) {
  // 12.1B: 16 GPUs, 3072 tokens by 2 or 6144 by 1. 26.3B: 32 GPUs, 2048 by 2 or 4096 by 1.
  struct Config {
    const char* model;
    int gpus, tp, pp, sequence, size, microbatches;
  };
  for (const Config& c : {Config{"12b", 16, 4, 4, 3072, 2, 64}, Config{"12b", 16, 8, 2, 3072, 2, 64},
                          Config{"12b", 16, 4, 4, 6144, 1, 64}, Config{"12b", 16, 8, 2, 6144, 1, 64},
                          Config{"26b", 32, 4, 8, 2048, 2, 96}, Config{"26b", 32, 8, 4, 2048, 2, 96},
                          Config{"26b", 32, 4, 8, 4096, 1, 96}, Config{"26b", 32, 8, 4, 4096, 1, 96}}) {
    const std::string name = "stp-" + std::string(c.model) + "-a800-tp" + std::to_string(c.tp) + "pp" +
                             std::to_string(c.pp) + "-" + std::to_string(c.sequence) + ".toml";
    SCOPED_TRACE(name);
    const Scenario s = read_scenario((kScenarios / "papers" / name).string());
    EXPECT_EQ(s.cluster.gpus(), c.gpus);
    EXPECT_EQ(s.placement().ranks(), c.gpus);
    EXPECT_EQ(s.plan.tp, c.tp);
    EXPECT_EQ(s.plan.sequence, c.sequence);
    EXPECT_EQ(s.plan.microbatch_size, c.size);
    EXPECT_EQ(s.plan.microbatches, c.microbatches);
    EXPECT_FALSE(s.plan.sequence_parallel);
    EXPECT_EQ(s.plan.last_stage_fewer_layers, 2);
    EXPECT_EQ(s.cluster.gpu.name, "A800-80G");
    std::vector<std::string> schedules;
    for (const braid::Run& run : s.runs) schedules.push_back(run.schedule);
    EXPECT_THAT(schedules, testing::ElementsAre("1f1b-i", "zb-v", "stp"));
  }
}

TEST(ScenarioFiles, DifferInHash) {
  std::set<std::string> hashes;
  for (const char* folder : {"papers", "peers", "sizing"}) {
    for (const std::string& path : files_under(kScenarios / folder)) {
      EXPECT_TRUE(hashes.insert(scenario_hash(read_scenario(path))).second) << path;
    }
  }
}

double parameters_of(const char* model) {
  return total_parameters(read_model((kScenarios / "models" / (std::string(model) + ".toml")).string()));
}

TEST(ModelFiles, HaveThePublishedParameters) {
  // Meta's released weights: 8,030,261,248, 70,553,706,496 and 405,853,388,800 elements (untied head included).
  EXPECT_EQ(parameters_of("llama3-8b"), 8030261248.0);
  EXPECT_EQ(parameters_of("llama3-70b"), 70553706496.0);
  EXPECT_EQ(parameters_of("llama3-405b"), 405853388800.0);
  // GPT-3, table D.1: 174,600 million.
  EXPECT_NEAR(parameters_of("gpt3-175b"), 174600e6, 50e6);
}

TEST(ModelFiles, HaveTheParametersOfTheStpPaper) {
  // Layer: QKV 5120 * (5120 + 2*1024), out 5120^2, MLP 3 * 5120 * 18944, norms 2 * 5120 = 353,904,640.
  // 30 of them, embedding and head 152064 * 5120 each, norm 5120: 12,174,279,680.
  EXPECT_EQ(parameters_of("qwen2-12b"), 30 * 353904640.0 + 2 * 778567680.0 + 5120);
  EXPECT_NEAR(parameters_of("qwen2-12b"), 12.1e9, 0.1e9);
  // Layer: 7168 * (7168 + 2048) + 7168^2 + 3 * 7168 * 18944 + 2 * 7168 = 524,826,624; 46 of them.
  EXPECT_EQ(parameters_of("qwen2-26b"), 46 * 524826624.0 + 2 * 152064.0 * 7168 + 7168);
  EXPECT_NEAR(parameters_of("qwen2-26b"), 26.3e9, 0.05e9);
}

TEST(ExampleScenario, ParsesChecksAndSurvivesItsCommentedOptions) {
  const Scenario s = parse_scenario(example_scenario(), "my.toml");
  EXPECT_THAT(check(s), IsEmpty());
  EXPECT_THAT(layers_of_stages(s, 2 * s.plan.pp), testing::Each(8));
  EXPECT_GE(s.plan.microbatches, 3 * s.plan.pp - 1);  // STP is one of its runs
}

}  // namespace
}  // namespace braid
