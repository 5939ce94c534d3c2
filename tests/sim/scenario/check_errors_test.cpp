// SPDX-License-Identifier: Apache-2.0
// Faults between the parts of a scenario, each with its place and with what would do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> faults(const std::string& text) {
  std::vector<std::string> all;
  for (const Issue& issue : check(parse_scenario(text, "s.toml"))) {
    all.push_back(issue.where.empty() ? issue.what : issue.where + ": " + issue.what);
  }
  return all;
}

TEST(CheckScenario, RefusesAClusterTooSmall) {
  // 2 * 2 * 3 = 12 GPUs on nodes of 4: three nodes.
  EXPECT_THAT(faults(with("dp = 2", "dp = 3")),
              ElementsAre("s.toml:21:1:plan: TP 2 x PP 2 x DP 3 needs 12 GPUs, the cluster has 8 (2 nodes of 4): "
                          "cluster.nodes = 3 would do"));
}

TEST(CheckScenario, RefusesTpAboveANodeWithoutAPath) {
  const std::string one_node = with("nodes = 2", "nodes = 1");
  Scenario s = parse_scenario(one_node, "s.toml",
                              {{"plan.tp", "8"},
                               {"plan.pp", "1"},
                               {"plan.dp", "1"},
                               {"model.kv_heads", "8"},
                               {"plan.layers_per_stage", "[4, 4]"}});
  std::vector<Issue> issues = check(s);
  ASSERT_EQ(issues.size(), 2u);  // too small as well
  EXPECT_EQ(issues[1].where, "--set plan.tp");
  EXPECT_THAT(issues[1].what, HasSubstr("a TP group of 8 does not fit into a node of 4 GPUs and it is the only one"));
  EXPECT_THAT(issues[1].what, HasSubstr("lower TP to 4 or less"));
  // Two nodes that nothing joins.
  s = parse_scenario(with("nics_per_node = 2", "nics_per_node = 0"), "s.toml",
                     {{"plan.tp", "8"}, {"plan.pp", "1"}, {"plan.dp", "1"}, {"model.kv_heads", "8"}});
  issues = check(s);
  ASSERT_EQ(issues.size(), 1u);
  EXPECT_THAT(issues[0].what, HasSubstr("nodes are not joined (cluster.nics_per_node = 0)"));
  // With a network it may span nodes.
  s = small_scenario({{"plan.tp", "8"}, {"plan.pp", "1"}, {"plan.dp", "1"}, {"model.kv_heads", "8"}});
  EXPECT_THAT(check(s), IsEmpty());
}

TEST(CheckScenario, RefusesAPlanAcrossNodesThatNothingJoins) {
  EXPECT_THAT(faults(with("nics_per_node = 2", "nics_per_node = 0")),
              ElementsAre("s.toml:18:17:cluster.nics_per_node: the plan spans nodes of 4 GPUs and nodes are not joined "
                          "(cluster.nics_per_node = 0)"));
}

TEST(CheckScenario, RefusesTpThatDoesNotDivideTheModel) {
  EXPECT_THAT(
      faults(with("tp = 2", "tp = 3")),
      testing::IsSupersetOf({HasSubstr("s.toml:22:6:plan.tp: TP of 3 does not divide the 8 heads; of the powers "
                                       "of two 1, 2, 4, 8 would"),
                             HasSubstr("TP of 3 does not divide the 2 KV heads")}));
}

TEST(CheckScenario, RefusesTokensThatSequenceParallelismCannotShare) {
  EXPECT_THAT(faults(with("sequence = 128", "sequence = 127\nsequence_parallel = true")),
              ElementsAre(HasSubstr("s.toml:22:6:plan.tp: TP of 2 does not divide the 127 tokens of a sample")));
}

TEST(CheckScenario, RefusesLayersThatDoNotDivideAndSaysWhatDoes) {
  // 7 layers on 2 ranks of 2 chunks: 8 = 7 + 1 divides by 4, with the last stage one fewer.
  EXPECT_THAT(faults(with("layers = 8", "layers = 7")),
              ElementsAre("s.toml:5:10:model.layers: 7 layers do not divide over 4 virtual stages: "
                          "plan.last_stage_fewer_layers = 1 would do; virtual stages that divide: 1, 7; or list "
                          "plan.layers_per_stage"));
}

TEST(CheckScenario, RefusesAnExplicitSplitThatDoesNotFit) {
  EXPECT_THAT(faults(with("sequence = 128", "sequence = 128\nlayers_per_stage = [4, 4]")),
              ElementsAre("s.toml:27:20:plan.layers_per_stage: lists 2 stages, but the schedule has 4 virtual stages"));
  EXPECT_THAT(faults(with("sequence = 128", "sequence = 128\nlayers_per_stage = [2, 2, 2, 3]")),
              ElementsAre("s.toml:27:20:plan.layers_per_stage: sums to 9 layers, but the model has 8"));
  EXPECT_THAT(
      faults(with("sequence = 128", "sequence = 128\nlayers_per_stage = [2, 2, 2, 2]\nlast_stage_fewer_layers = 2")),
      ElementsAre(HasSubstr("plan.last_stage_fewer_layers: says nothing beside plan.layers_per_stage")));
}

TEST(CheckScenario, RefusesMoreTokensThanLearnedPositions) {
  EXPECT_THAT(faults(with("vocab = 1000", "vocab = 1000\npositions = \"learned\"\nlearned_positions = 64")),
              ElementsAre(HasSubstr("plan.sequence: 128 tokens, but the model has learned 64 positions")));
}

TEST(CheckScenario, RefusesRunsThatShareALabelOrCannotNameAFile) {
  EXPECT_THAT(faults(with("", "[[run]]\nschedule = \"1f1b-i\"")),
              ElementsAre("s.toml:31:12:run.1.schedule: two runs are called '1f1b-i'; give one a label of its own"));
  EXPECT_THAT(faults(with("", "label = \"../x\"")),
              ElementsAre(HasSubstr("s.toml:30:9:run.0.label: '../x' cannot name")));
}

TEST(CheckScenario, RefusesASlowRankThatDoesNotExist) {
  EXPECT_THAT(faults(with("", "[noise]\nslow_ranks = [{rank = 8, factor = 2.0}]")),
              ElementsAre("s.toml:31:23:noise.slow_ranks.0.rank: rank 8 is beyond the last one, 7"));
}

TEST(CheckScenario, RefusesFilesThatAreNotThere) {
  EXPECT_THAT(faults(with("schedule = \"1f1b-i\"", "schedule = \"file:no-such.csv\"")),
              ElementsAre("s.toml:28:12:run.0.schedule: there is no file 'no-such.csv'"));
  EXPECT_THAT(faults(with("schema = 1", "schema = 1\nprofile = \"no-such.csv\"")),
              ElementsAre("s.toml:2:11:profile: there is no file 'no-such.csv'"));
}

TEST(CheckScenario, RefusesAScenarioBuiltInCodeWithoutSizes) {
  Scenario s = small_scenario();
  s.plan.sequence = 0;
  s.plan.pp = -1;
  EXPECT_EQ(check(s).size(), 2u);
  EXPECT_EQ(check(s)[0].what, "-1 is not at least 1");
}

}  // namespace
}  // namespace braid
