// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/scenario_profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

Scenario with(const std::string& parameters) {
  return parse_scenario(example_scenario() + "\n[parameters]\n" + parameters, "s.toml");
}

TEST(ScenarioProfile, ChangesTheParametersThatTheScenarioNames) {
  const Scenario plain = parse_scenario(example_scenario(), "s.toml");
  const Scenario changed = with("comm_ctas = 8\nnic_efficiency = 0.5\n");
  const Profile profile = profile_of(changed);
  EXPECT_EQ(profile.parameters.comm_ctas, 8);
  EXPECT_EQ(profile.parameters.nic_efficiency, 0.5);
  EXPECT_EQ(profile.sources.at("comm_ctas"), "the scenario");
  EXPECT_EQ(profile.parameters.gemm_efficiency, profile_of(plain).parameters.gemm_efficiency);
  EXPECT_NE(scenario_hash(changed), scenario_hash(plain));
  EXPECT_NE(scenario_hash(changed), scenario_hash(with("comm_ctas = 8\n")));
}

TEST(ScenarioProfile, IsChangedByAnOverrideToo) {
  const Scenario s = parse_scenario(example_scenario(), "s.toml", {{"parameters.comm_ctas", "4"}});
  EXPECT_EQ(profile_of(s).parameters.comm_ctas, 4);
}

TEST(ScenarioProfileErrors, NameTheLine) {
  EXPECT_THAT(test::complaint([] { profile_of(with("comm_cta = 8\n")); }),
              testing::AllOf(testing::HasSubstr("s.toml:"), testing::HasSubstr("parameters.comm_cta"),
                             testing::HasSubstr("comm_ctas")));
  EXPECT_THAT(test::complaint([] { profile_of(with("comm_ctas = -1\n")); }), testing::HasSubstr("outside 0 to 1024"));
  EXPECT_THAT(test::complaint([] { with("comm_ctas = \"8\"\n"); }), testing::HasSubstr("wants a number"));
}

}  // namespace
}  // namespace braid
