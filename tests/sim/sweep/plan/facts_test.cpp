// SPDX-License-Identifier: Apache-2.0
// Facts without reading a scenario are those of the scenario: random sweeps, every point read whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/sim/sweep/plan/small_sweep.hpp"

namespace braid {
namespace {

const std::string kScenarios = std::string(BRAID_SOURCE_DIR) + "/scenarios/";

std::string files(const std::string& folder, const std::vector<std::string>& names) {
  std::string list = "[";
  for (const std::string& name : names) list += "\"" + kScenarios + folder + "/" + name + ".toml\", ";
  return list + "]";
}

/// Fields that change facts, each alone or through the part that it stands in, with values that any other may join.
std::vector<std::pair<std::string, std::string>> fields_with_values() {
  return {{"model", files("models", {"llama3-8b", "qwen2-12b", "gpt3-175b"})},
          {"model.layers", "[4, 80]"},
          {"model.kv_heads", "[1, 2]"},
          {"model.vocab", "{ from = 1000, to = 3000, step = 1000 }"},
          {"cluster", files("clusters", {"h100-sxm-8x2", "h100-4x32"})},
          {"cluster.nodes", "[3, 5]"},
          {"cluster.gpus_per_node", "[2, 16]"},
          {"plan",
           "[{ tp = 4, pp = 3, microbatches = 2, sequence = 64 }, { tp = 1, pp = 1, dp = 3, microbatches = 9, "
           "sequence = 32, microbatch_size = 2 }]"},
          {"plan.tp", "[1, 8]"},
          {"plan.pp", "{ from = 1, to = 4, times = 2 }"},
          {"plan.dp", "[2, 7]"},
          {"plan.microbatches", "[16, 32]"},
          {"plan.microbatch_size", "[1, 4]"},
          {"plan.sequence", "[256, 512]"},
          {"run.0.chunks", "[1, 3]"},
          {"run.1.chunks", "[2, 4]"},
          {"noise.seed", "[1, 2]"}};
}

std::vector<std::pair<std::string, std::string>> derived_fields() {
  return {{"plan.dp", "tp + pp"},
          {"cluster.nodes", "dp * 2"},
          {"model.kv_heads", "max(1, floor(heads / 4))"},
          {"run.1.chunks", "pp"},
          {"plan.microbatches", "gpus * 2"}};
}

class RandomSweep {
 public:
  explicit RandomSweep(unsigned seed) : random_(seed) {}

  std::string text(const std::string& constraint) {
    std::string text = test::sweep_text(constraint.empty() ? "" : "constraints = [\"" + constraint + "\"]", tables_);
    if (no_kv_heads_) text.erase(text.find("kv_heads = 2\n"), 13);
    return text;
  }

  void choose() {
    auto fields = fields_with_values();
    std::shuffle(fields.begin(), fields.end(), random_);
    fields.resize(4);
    // The scenario's second run counts its chunks for itself.
    tables_ = "[[scenario.run]]\nschedule = \"1f1b\"\n[fields]\n";
    for (const auto& [field, values] : fields) tables_ += "\"" + field + "\" = " + values + "\n";
    const auto derived = derived_fields().at(random_() % derived_fields().size());
    const bool taken =
        std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.first == derived.first; });
    if (!taken) tables_ += "[derived]\n\"" + derived.first + "\" = \"" + derived.second + "\"\n";
    no_kv_heads_ = random_() % 2 == 0;
  }

  std::size_t below(std::size_t count) { return random_() % count; }

 private:
  std::mt19937 random_;
  std::string tables_;
  bool no_kv_heads_ = false;
};

std::map<std::string, double> read_whole(const Sweep& sweep, std::int64_t point) {
  const Choice choice = choice_of(sweep, point);
  const Scenario scenario = scenario_at(sweep, choice);
  const auto run = std::find_if(scenario.runs.begin(), scenario.runs.end(),
                                [&](const braid::Run& r) { return r.label == choice.run; });
  return facts_of(scenario, *run);
}

TEST(Facts, AreThoseOfTheScenario) {
  RandomSweep random(20261123);
  int points = 0, kept = 0;
  for (int sweeps = 0; sweeps < 40; ++sweeps) {
    random.choose();
    const Sweep sweep = parse_sweep(random.text(""), "s.sweep.toml");
    SCOPED_TRACE(random.text(""));
    std::vector<std::map<std::string, double>> facts;
    Choices choices(sweep);
    for (std::int64_t p = 0; p < sweep.product(); ++p) {
      facts.push_back(read_whole(sweep, p));
      EXPECT_EQ(to_text(choices.at(p)), to_text(choice_of(sweep, p)));
    }
    points += static_cast<int>(facts.size());
    // For each name, the points that have it as one of them has it.
    for (const auto& [name, value] : facts[random.below(facts.size())]) {
      std::vector<std::int64_t> expected;
      for (std::size_t p = 0; p < facts.size(); ++p) {
        if (facts[p].at(name) == value) expected.push_back(static_cast<std::int64_t>(p));
      }
      const std::string constraint = name + " == " + std::to_string(static_cast<std::int64_t>(value));
      EXPECT_EQ(expand(parse_sweep(random.text(constraint), "s.sweep.toml")).points, expected) << constraint;
      kept += static_cast<int>(expected.size());
    }
  }
  EXPECT_GT(points, 1000);
  EXPECT_LT(kept, 16 * points);  // 16 names: constraints that hold everywhere would show nothing
}

TEST(Facts, HaveTheNamesOfTheManual) {
  std::vector<std::string> names;
  const Scenario scenario = small_scenario();
  for (const auto& [name, value] : facts_of(scenario, scenario.runs.at(0))) names.push_back(name);
  EXPECT_THAT(names, testing::ElementsAre("chunks", "dp", "global_batch", "gpus", "gpus_per_node", "heads", "hidden",
                                          "kv_heads", "layers", "microbatch_size", "microbatches", "nodes", "pp",
                                          "sequence", "tp", "vocab"));
}

// TP 2, PP 2, DP 2 and 8 microbatches of 1: 8 * 1 * 2 = 16 samples; 2 nodes of 4 GPUs.
TEST(Facts, OfTheSmallScenario) {
  const Scenario scenario = small_scenario();
  const auto facts = facts_of(scenario, scenario.runs.at(0));
  EXPECT_EQ(facts.at("global_batch"), 16);
  EXPECT_EQ(facts.at("gpus"), 8);
  EXPECT_EQ(facts.at("kv_heads"), 2);
  EXPECT_EQ(facts.at("chunks"), 2);
}

}  // namespace
}  // namespace braid
