// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/prediction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cost/scenario_profile.hpp"
#include "sim/report/verify.hpp"

namespace braid {
namespace {

const std::string kScenario = BRAID_SOURCE_DIR "/scenarios/sizing/qwen2-12b-h100-tp8pp2.toml";

TEST(Predict, IsARunOfItsProgram) {
  const Scenario scenario = read_scenario(kScenario, {{"plan.microbatches", "8"}});
  for (const auto& run : scenario.runs) {
    const Prediction p = predict(scenario, run, profile_of(scenario));
    EXPECT_TRUE(verify(p.program, p.timeline).empty());
    EXPECT_EQ(p.timeline.provenance.kind, "simulated");
    EXPECT_EQ(p.timeline.provenance.facts.at("network"), "ideal");
  }
}

TEST(Predict, OfOneRankIsThatRankOfThePlan) {
  const Scenario scenario = read_scenario(kScenario, {{"plan.microbatches", "8"}});
  const Profile profile = profile_of(scenario);
  const Prediction whole = predict(scenario, scenario.runs.front(), profile);
  const Prediction alone = predict(scenario, scenario.runs.front(), profile, 1);
  ASSERT_EQ(alone.timeline.ranks.size(), 1u);
  const auto compute = static_cast<std::size_t>(Lane::compute);
  EXPECT_NEAR(alone.timeline.ranks[0].lanes[compute].back().end.value,
              whole.timeline.ranks[1].lanes[compute].back().end.value, 1e-9);
  EXPECT_THROW(predict(scenario, scenario.runs.front(), profile, 2), Error);
  EXPECT_THROW(predict(scenario, scenario.runs.front(), profile, -1), Error);
}

TEST(WithWorks, EveryComputeOpTwiceAsLongWithoutStretch) {
  const Scenario scenario = read_scenario(kScenario, {{"plan.microbatches", "8"}, {"plan.tp", "1"}, {"profile", ""}});
  const Prediction p = predict(scenario, scenario.runs.front(), default_profile(scenario.cluster.gpu));
  const std::size_t works = p.program.works.size();
  MeasuredWorks twice{.duration = std::vector<Seconds>(works),
                      .stretch = std::vector(works, std::vector<double>(works, 0))};
  for (std::size_t w = 0; w < works; ++w) {
    if (p.program.works[w].kind == WorkKind::compute) twice.duration[w] = p.costs.duration[w] * 2;
  }
  const auto busy = [](const Timeline& timeline) {
    double sum = 0;
    for (const Span& span : timeline.ranks[0].lanes[static_cast<std::size_t>(Lane::compute)]) {
      sum += (span.end - span.start - span.stretch).value;
    }
    return sum;
  };
  const Prediction slower = with_works(p, twice, scenario);
  EXPECT_NEAR(busy(slower.timeline), 2 * busy(p.timeline), 1e-9);
  EXPECT_EQ(slower.timeline.provenance.facts.at("profile"), "works measured on the placement");
}

}  // namespace
}  // namespace braid
