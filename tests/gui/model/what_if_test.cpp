// SPDX-License-Identifier: Apache-2.0
#include "gui/model/what_if.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/gui/model/what_if_facts.hpp"

namespace braid {

inline bool operator==(const Override& a, const Override& b) { return a.path == b.path && a.value == b.value; }
inline void PrintTo(const Override& o, std::ostream* out) { *out << o.path << "=" << o.value; }

namespace {

using test::facts_of_12b;
using test::kScenarios;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kProfiles = kScenarios + "profiles";

const WhatIfField& field(const std::vector<WhatIfField>& fields, const std::string& path) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const WhatIfField& f) { return f.path == path; });
  if (found == fields.end()) throw std::runtime_error("no field " + path);
  return *found;
}

std::string value(const WhatIf& form, const std::string& path) { return field(form.fields, path).value; }

TEST(WhatIf, HasTheValuesOfTheScenario) {
  const WhatIf form = what_if(facts_of_12b(), kProfiles);
  ASSERT_EQ(form.why_not, "");
  EXPECT_EQ(value(form, "schedule"), "stp");
  EXPECT_EQ(value(form, "run.p2p"), "batched");
  EXPECT_EQ(value(form, "run.async_all_reduce"), "whole");
  EXPECT_EQ(value(form, "run.chunks"), "0");
  EXPECT_EQ(value(form, "plan.tp"), "8");
  EXPECT_EQ(value(form, "plan.pp"), "2");
  EXPECT_EQ(value(form, "plan.dp"), "1");
  EXPECT_EQ(value(form, "plan.microbatches"), "64");
  EXPECT_EQ(value(form, "plan.microbatch_size"), "1");
  EXPECT_EQ(value(form, "plan.sequence"), "6144");
  EXPECT_EQ(value(form, "plan.last_stage_fewer_layers"), "2");
  EXPECT_EQ(value(form, "plan.recompute"), "none");
  EXPECT_EQ(value(form, "cluster.gpu"), "A800-80G");
  EXPECT_EQ(value(form, "cluster.nodes"), "2");
  EXPECT_EQ(value(form, "cluster.intra_bandwidth"), "200 GB/s");
  EXPECT_EQ(value(form, "cluster.nic_bandwidth"), "25 GB/s");  // 200 Gbit/s / 8
  EXPECT_EQ(value(form, "profile.comm_ctas"), "16");           // 8 NVLinks, two channels each
  EXPECT_THAT(form.notes, IsEmpty());
}

TEST(WhatIf, OffersTheScenariosRunsFirstAndEveryOtherScheduleOnce) {
  std::vector<std::string> choices = field(what_if(facts_of_12b(), kProfiles).fields, "schedule").choices;
  ASSERT_GE(choices.size(), 16u);
  EXPECT_EQ(std::vector<std::string>(choices.begin(), choices.begin() + 3),
            (std::vector<std::string>{"1f1b-i", "zb-v", "stp"}));
  EXPECT_THAT(choices, Contains("gpipe"));
  std::sort(choices.begin(), choices.end());
  EXPECT_EQ(std::adjacent_find(choices.begin(), choices.end()), choices.end());
}

TEST(WhatIf, AnUnchangedFormPlaysTheSame) {
  const WhatIf form = what_if(facts_of_12b(), kProfiles);
  WhatIfValues values;
  for (const WhatIfField& f : form.fields) values[f.path] = f.value;
  const WhatIfPlay play = play_of(form, values);
  EXPECT_THAT(play.overrides, IsEmpty());
  EXPECT_EQ(play.run, "stp");
  EXPECT_EQ(play.profile, facts_of_12b().profile);
  EXPECT_THAT(check(form, values), IsEmpty());
}

TEST(WhatIf, ChangedFieldsBecomeOverrides) {
  const WhatIfPlay play = play_of(what_if(facts_of_12b(), kProfiles),
                                  {{"plan.microbatches", "128"}, {"run.p2p", "eager"}, {"plan.tp", "8"}});
  EXPECT_THAT(play.overrides, ElementsAre(Override{"run.2.p2p", "eager"}, Override{"plan.microbatches", "128"}));
}

TEST(WhatIf, AnotherRunOfTheScenarioBringsItsOwnOptions) {
  const WhatIf form = what_if(facts_of_12b(), kProfiles);
  const std::vector<WhatIfField> own = fields_of_schedule(form, "1f1b-i");
  EXPECT_EQ(field(own, "run.chunks").value, "2");
  EXPECT_EQ(field(own, "run.p2p").value, "eager");
  const WhatIfPlay play = play_of(form, {{"schedule", "1f1b-i"}, {"run.chunks", "2"}, {"run.p2p", "batched"}});
  EXPECT_EQ(play.run, "1f1b-i");
  EXPECT_THAT(play.overrides, ElementsAre(Override{"run.0.p2p", "batched"}));
}

TEST(WhatIf, AScheduleThatNoRunHasIsARunMore) {
  const WhatIf form = what_if(facts_of_12b(), kProfiles);
  const WhatIfPlay play = play_of(form, {{"schedule", "gpipe"}, {"run.p2p", "batched"}});
  EXPECT_EQ(play.run, "gpipe");
  EXPECT_THAT(play.overrides, ElementsAre(Override{"run.3.schedule", "gpipe"}, Override{"run.3.p2p", "batched"}));
  const Scenario scenario = parse_scenario(play.scenario, "x", play.overrides);
  ASSERT_EQ(scenario.runs.size(), 4u);
  EXPECT_EQ(scenario.runs[3].label, "gpipe");
  EXPECT_THAT(check(form, {{"schedule", "gpipe"}}), IsEmpty());
}

TEST(WhatIf, SmsForCommunicationChangeTheProfileAndNothingElseOfIt) {
  const WhatIf form = what_if(facts_of_12b(), kProfiles);
  const WhatIfPlay play = play_of(form, {{"profile.comm_ctas", "4"}});
  EXPECT_THAT(play.overrides, IsEmpty());
  const Gpu& gpu = gpu_by_name("A800-80G", "test");
  Profile changed = parse_profile(play.profile, "changed", gpu);
  EXPECT_EQ(changed.parameters.comm_ctas, 4);
  changed.parameters.comm_ctas = 16;
  EXPECT_EQ(changed.parameters, parse_profile(form.profile, "own", gpu).parameters);
}

TEST(WhatIf, AnotherGpuLeavesTheProfileBehindAndSaysSo) {
  const WhatIfPlay play = play_of(what_if(facts_of_12b(), kProfiles), {{"cluster.gpu", "H100-80G"}});
  EXPECT_EQ(play.profile, "");
  EXPECT_THAT(play.overrides, ElementsAre(Override{"cluster.gpu", "H100-80G"}));
  EXPECT_THAT(play.notes, ElementsAre("the profile is of A800-80G: H100-80G is played by its data-sheet rules"));
}

TEST(WhatIf, AProfileThatIsNotInTheFileIsFoundByItsId) {
  RunFacts facts = facts_of_12b();
  const std::string text = facts.profile;
  facts.profile.clear();
  EXPECT_EQ(what_if(facts, kProfiles).profile, text);
  const WhatIf lost = what_if(facts, "/nowhere");
  EXPECT_EQ(lost.profile, "");
  EXPECT_THAT(lost.notes, ElementsAre(HasSubstr("uses the data-sheet rules of A800-80G")));
  facts.provenance["profile"] = profile_id(default_profile(gpu_by_name("A800-80G", "test")));
  EXPECT_THAT(what_if(facts, "/nowhere").notes, IsEmpty());
}

TEST(WhatIf, AMeasuredRunSaysThatItsResultIsNot) {
  RunFacts facts = facts_of_12b();
  facts.kind = "measured";
  EXPECT_THAT(what_if(facts, kProfiles).notes, ElementsAre(HasSubstr("what is played here is simulated")));
}

TEST(WhatIf, WhatIsSavedReadsAsWhatIsPlayed) {
  const WhatIf form = what_if(facts_of_12b(), kProfiles);
  const WhatIfValues values{{"plan.microbatches", "128"}, {"schedule", "gpipe"}};
  const WhatIfPlay play = play_of(form, values);
  Scenario saved = parse_scenario(scenario_to_save(form, values, "it's.csv"), "/there/saved.toml");
  EXPECT_EQ(saved.profile, "/there/it's.csv");
  saved.profile.clear();
  EXPECT_EQ(scenario_hash(saved), scenario_hash(parse_scenario(play.scenario, "x", play.overrides)));
  EXPECT_EQ(parse_scenario(scenario_to_save(form, values, ""), "x").profile, "");
}

}  // namespace
}  // namespace braid
