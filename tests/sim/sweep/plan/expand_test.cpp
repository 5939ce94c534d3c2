// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan/expand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/plan/small_sweep.hpp"

namespace braid {
namespace {

using test::small_sweep;
using testing::ElementsAre;
using testing::Pair;

std::string text_at(const Sweep& sweep, std::int64_t point) { return to_text(choice_of(sweep, point)); }

// The last axis is the fastest: pp of 2, so point 3 = 1 * 2 + 1 is the second tp and the second pp.
TEST(Expand, CountsTheLastAxisFastest) {
  const Sweep sweep = small_sweep("", "[fields]\n\"plan.tp\" = [1, 2]\n\"plan.pp\" = [1, 2]");
  EXPECT_EQ(text_at(sweep, 0), R"({"plan.tp":1,"plan.pp":1,"run":"1f1b-i"})");
  EXPECT_EQ(text_at(sweep, 1), R"({"plan.tp":1,"plan.pp":2,"run":"1f1b-i"})");
  EXPECT_EQ(text_at(sweep, 3), R"({"plan.tp":2,"plan.pp":2,"run":"1f1b-i"})");
}

// 8 GPUs. tp * pp = 1, 2, 4 / 2, 4, 8 / 4, 8, 16: the last row goes with its tp, of the others 8 is not below 8.
TEST(Expand, DropsWhatAConstraintForbidsAndSaysWhich) {
  const Sweep sweep = small_sweep(R"(constraints = ["tp < 4", "tp * pp < gpus"])",
                                  "[fields]\n\"plan.tp\" = [1, 2, 4]\n\"plan.pp\" = [1, 2, 4]");
  const Expansion expansion = expand(sweep);
  EXPECT_THAT(expansion.points, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(expansion.dropped_by, ElementsAre(Pair("tp < 4", 3), Pair("tp * pp < gpus", 1)));
}

// 2 nodes x 4 GPUs = 8 = tp * pp * dp.
TEST(Expand, DerivesFields) {
  const Sweep sweep = small_sweep("constraints = [\"global_batch == 16\"]", R"toml([fields]
"plan.tp" = [1, 4]
[derived]
"plan.microbatches" = "16 / dp"
"plan.dp" = "gpus / (tp * pp)"
)toml");
  EXPECT_THAT(expand(sweep).points, ElementsAre(0, 1));
  EXPECT_EQ(text_at(sweep, 0), R"({"plan.tp":1,"plan.microbatches":4,"plan.dp":4,"run":"1f1b-i"})");
  const Scenario scenario = scenario_at(sweep, choice_of(sweep, 1));
  EXPECT_EQ(scenario.plan.dp, 1);
  EXPECT_EQ(scenario.plan.microbatches, 16);
}

// tp = 3 leaves 8 / 6 replicas, which is no number of replicas; the constraint keeps it from being asked.
TEST(Expand, DerivesOnlyWhereConstraintsLeaveAPoint) {
  const std::string tables = "[fields]\n\"plan.tp\" = [1, 3]\n[derived]\n\"plan.dp\" = \"gpus / (tp * pp)\"";
  EXPECT_THAT(expand(small_sweep("constraints = [\"gpus % (tp * pp) == 0\"]", tables)).points, ElementsAre(0));
  EXPECT_THAT(test::sweep_fault(test::sweep_text("", tables)), testing::HasSubstr("no whole number"));
}

TEST(Expand, KnowsTheOperators) {
  const auto holds = [](const std::string& constraint) {
    return test::sweep_fault(test::sweep_text("constraints = [\"" + constraint + "\"]", "")) == "without a fault";
  };
  EXPECT_TRUE(holds("tp == 2 and pp == 2"));
  EXPECT_TRUE(holds("tp == 3 or pp == 2"));
  EXPECT_TRUE(holds("not tp == 3"));
  EXPECT_FALSE(holds("not tp == 2"));
  EXPECT_TRUE(holds("!(tp == 3) && (tp == 3 || pp == 2)"));
  EXPECT_FALSE(holds("tp == 2 and pp == 3"));
  EXPECT_TRUE(holds("2 + 3 * 2 ^ 2 == 14"));
  EXPECT_TRUE(holds("-tp + 7 % 4 == 1"));
  EXPECT_TRUE(holds("min(4, tp, 7) == 2 and max(4, tp) == 4"));
  EXPECT_TRUE(holds("log2(8) == 3 and floor(2.5) == 2 and ceil(2.5) == 3"));
  EXPECT_TRUE(holds("tp > 4 ? 0 : 1"));
  EXPECT_TRUE(holds("chunks == 2 and kv_heads == 2 and heads == 8 and layers == 8 and sequence == 128"));
}

TEST(Expand, ASweptScheduleCallsItsRun) {
  const Sweep sweep = small_sweep("", "[fields]\n\"run.0.schedule\" = [\"1f1b\", \"zb-v\"]");
  EXPECT_EQ(text_at(sweep, 1), R"({"run.0.schedule":"zb-v","run":"zb-v"})");
  EXPECT_EQ(scenario_at(sweep, choice_of(sweep, 1)).runs.at(0).label, "zb-v");
}

TEST(Expand, FixedOverridesReachTheScenarioAndTheFacts) {
  const Sweep sweep = small_sweep("constraints = [\"sequence == 64 * tp\"]", "[fields]\n\"plan.tp\" = [1, 2, 4]",
                                  {{.path = "plan.sequence", .value = "256"}});
  EXPECT_THAT(expand(sweep).points, ElementsAre(2));
  EXPECT_EQ(scenario_at(sweep, choice_of(sweep, 2)).plan.sequence, 256);
  EXPECT_EQ(text_at(sweep, 2), R"({"plan.tp":4,"run":"1f1b-i"})");
}

}  // namespace
}  // namespace braid
