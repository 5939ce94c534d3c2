// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/prediction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/report/verify.hpp"

namespace braid {
namespace {

const std::string kScenario = BRAID_SOURCE_DIR "/scenarios/sizing/qwen2-12b-h100-tp8pp2.toml";

TEST(Predict, IsARunOfItsProgram) {
  const Scenario scenario = read_scenario(kScenario, {{"plan.microbatches", "8"}});
  for (const auto& run : scenario.runs) {
    const Prediction p = predict(scenario, run, profile_of(scenario.profile, scenario.cluster.gpu));
    EXPECT_TRUE(verify(p.program, p.timeline).empty());
    EXPECT_EQ(p.timeline.provenance.kind, "simulated");
    EXPECT_EQ(p.timeline.provenance.facts.at("network"), "ideal");
  }
}

TEST(PlayAgain, TwiceTheCostsWithoutLaunchesTakeTwiceAsLong) {
  const Scenario scenario = read_scenario(kScenario, {{"plan.microbatches", "8"}, {"profile", ""}});
  const Prediction p = predict(scenario, scenario.runs.front(), default_profile(scenario.cluster.gpu));
  Costs twice = p.costs;
  // Everything that takes time; ratios (stretch) stay, so the whole step scales.
  for (Seconds& d : twice.duration) d = d * 2;
  for (CommCost& c : twice.collective) c = {.latency = c.latency * 2, .transfer = c.transfer * 2};
  for (auto& paths : twice.message) {
    for (CommCost& c : paths) c = {.latency = c.latency * 2, .transfer = c.transfer * 2};
  }
  const Timeline again = play_again(p.program, twice, scenario, p.timeline.provenance);
  EXPECT_NEAR(again.step_time.value, 2 * p.timeline.step_time.value, 1e-9);
  EXPECT_EQ(again.provenance.facts, p.timeline.provenance.facts);
}

}  // namespace
}  // namespace braid
