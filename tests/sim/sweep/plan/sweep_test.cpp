// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/plan/small_sweep.hpp"

namespace braid {
namespace {

using test::small_sweep;
using testing::ElementsAre;

std::vector<std::string> values_of(const std::string& field) {
  const Sweep sweep = small_sweep("", "[fields]\n" + field);
  std::vector<std::string> values;
  for (const auto& position : sweep.axes.at(0).values) values.push_back(position.at(0));
  return values;
}

TEST(Sweep, ReadsListsAsTheyAreWritten) {
  EXPECT_THAT(values_of("\"plan.tp\" = [1, 2]"), ElementsAre("1", "2"));
  EXPECT_THAT(values_of("\"cluster.nic_bandwidth\" = [\"100 Gbit/s\", \"25 GB/s\"]"),
              ElementsAre("\"100 Gbit/s\"", "\"25 GB/s\""));
  EXPECT_THAT(values_of("\"plan.sequence_parallel\" = [true, false]"), ElementsAre("true", "false"));
  EXPECT_THAT(values_of("\"plan.layers_per_stage\" = [[2, 2, 2, 2], [1, 2, 2, 3]]"),
              ElementsAre("[ 2, 2, 2, 2 ]", "[ 1, 2, 2, 3 ]"));
  EXPECT_THAT(values_of("\"noise.jitter\" = [0.0, 0.05]"), ElementsAre("0.0", "0.05"));
}

TEST(Sweep, AFieldMayHaveOneValueAndADottedKey) {
  EXPECT_THAT(values_of("plan.tp = 4"), ElementsAre("4"));
  EXPECT_EQ(small_sweep("", "[fields]\nplan.tp = [1, 2]").axes.at(0).fields, std::vector<std::string>{"plan.tp"});
}

TEST(Sweep, RangesAddOrMultiplyAndHoldBothEnds) {
  EXPECT_THAT(values_of("\"plan.pp\" = { from = 1, to = 10, step = 4 }"), ElementsAre("1", "5", "9"));
  EXPECT_THAT(values_of("\"plan.pp\" = { from = 1, to = 16, times = 2 }"), ElementsAre("1", "2", "4", "8", "16"));
  EXPECT_THAT(values_of("\"plan.pp\" = { from = 9, to = 1, step = -4 }"), ElementsAre("9", "5", "1"));
  EXPECT_THAT(values_of("\"noise.jitter\" = { from = 0.1, to = 0.3, step = 0.1 }"), ElementsAre("0.1", "0.2", "0.3"));
  EXPECT_THAT(values_of("\"cluster.nic_bandwidth\" = { from = \"100 Gbit/s\", to = \"400 Gbit/s\", times = 2 }"),
              ElementsAre("\"100 Gbit/s\"", "\"200 Gbit/s\"", "\"400 Gbit/s\""));
  EXPECT_THAT(values_of("\"cluster.intra_latency\" = { from = \"0.5 us\", to = \"1.5 us\", step = \"0.5 us\" }"),
              ElementsAre("\"0.5 us\"", "\"1 us\"", "\"1.5 us\""));
}

TEST(Sweep, AxesStandInTheOrderOfTheFile) {
  const Sweep sweep = small_sweep("", R"([fields]
"plan.tp" = [1, 2]
"plan.pp" = [1, 2, 4]
[[zip]]
"plan.sequence" = [128, 256]
"plan.microbatches" = [8, 4]
)");
  ASSERT_EQ(sweep.axes.size(), 3);
  EXPECT_EQ(sweep.axes[0].fields, std::vector<std::string>{"plan.tp"});
  EXPECT_THAT(sweep.axes[2].fields, ElementsAre("plan.sequence", "plan.microbatches"));
  EXPECT_THAT(sweep.axes[2].values, ElementsAre(ElementsAre("128", "8"), ElementsAre("256", "4")));
  EXPECT_EQ(sweep.product(), 2 * 3 * 2);
}

TEST(Sweep, KnowsItsConstraintsDerivedFieldsAndRuns) {
  const Sweep sweep = small_sweep("constraints = [\"tp <= 4\", \"fits\"]\nrefine = 7\nruns = [\"1f1b-i\"]",
                                  "[fields]\n\"plan.tp\" = [1, 2]\n[derived]\n\"plan.dp\" = \"gpus / (tp * pp)\"");
  EXPECT_TRUE(sweep.must_fit);
  EXPECT_EQ(sweep.refine, 7);
  ASSERT_EQ(sweep.constraints.size(), 1);
  EXPECT_EQ(sweep.constraints[0].text, "tp <= 4");
  EXPECT_EQ(sweep.constraints[0].where, "s.sweep.toml:3:16:constraints");
  ASSERT_EQ(sweep.derived.size(), 1);
  EXPECT_EQ(sweep.derived[0].field, "plan.dp");
  EXPECT_THAT(sweep.runs, ElementsAre("1f1b-i"));
}

TEST(Sweep, IsToldFromAScenario) {
  EXPECT_TRUE(is_sweep(test::sweep_text("", "")));
  EXPECT_FALSE(is_sweep(kSmallScenario));
  EXPECT_FALSE(is_sweep("= no toml"));
}

}  // namespace
}  // namespace braid
