// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/model/what_if.hpp"
#include "tests/gui/model/what_if_facts.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::facts_of_12b;
using testing::HasSubstr;
using testing::StartsWith;

const WhatIf& form() {
  static const WhatIf kForm = what_if(facts_of_12b(), "");
  return kForm;
}

/// The one issue that these values have.
WhatIfIssue only_issue(const WhatIfValues& values) {
  const std::vector<WhatIfIssue> issues = check(form(), values);
  EXPECT_EQ(issues.size(), 1u);
  return issues.empty() ? WhatIfIssue{} : issues.front();
}

TEST(WhatIfErrors, StandBesideTheirFields) {
  WhatIfIssue issue = only_issue({{"cluster.intra_bandwidth", "300"}});
  EXPECT_EQ(issue.path, "cluster.intra_bandwidth");
  EXPECT_THAT(issue.what, HasSubstr("a bare number has no unit"));
  issue = only_issue({{"run.p2p", "pigeon"}});
  EXPECT_EQ(issue.path, "run.p2p");
  EXPECT_THAT(issue.what, StartsWith("'pigeon' is not one of"));
  // 8 x 2 x 2 = 32 GPUs of 16: the fault is of the plan as a whole.
  issue = only_issue({{"plan.dp", "2"}});
  EXPECT_EQ(issue.path, "");
  EXPECT_THAT(issue.what, StartsWith("TP 8 x PP 2 x DP 2 needs 32 GPUs"));
}

TEST(WhatIfErrors, AllOfThemAreShown) {
  const std::vector<WhatIfIssue> issues =
      check(form(), {{"cluster.intra_bandwidth", "fast"}, {"cluster.nic_bandwidth", "slow"}});
  ASSERT_EQ(issues.size(), 2u);
  EXPECT_EQ(issues[0].path, "cluster.intra_bandwidth");
  EXPECT_EQ(issues[1].path, "cluster.nic_bandwidth");
  // Neither the 40 heads, nor the 8 KV heads, nor the 18944 columns of the MLP divide by 7.
  const std::vector<WhatIfIssue> of_tp = check(form(), {{"plan.tp", "7"}});
  ASSERT_EQ(of_tp.size(), 3u);
  for (const WhatIfIssue& issue : of_tp) EXPECT_EQ(issue.path, "plan.tp");
}

TEST(WhatIfErrors, AGpuOrANumberThatIsNone) {
  EXPECT_EQ(only_issue({{"cluster.gpu", "H100-81G"}}).path, "cluster.gpu");
  EXPECT_EQ(only_issue({{"profile.comm_ctas", "many"}}).path, "profile.comm_ctas");
  EXPECT_THAT(only_issue({{"profile.comm_ctas", "2000"}}).what, HasSubstr("2000 is outside 0 to"));
}

TEST(WhatIfErrors, ARunWithoutAScenarioSaysWhy) {
  EXPECT_EQ(what_if({.kind = "trace"}, "").why_not, "this run carries no scenario, so it cannot be played again");
  EXPECT_THAT(what_if({.kind = "abstract"}, "").why_not, StartsWith("a schedule at abstract costs"));
  RunFacts broken = facts_of_12b();
  broken.scenario = "schema = 1\nname =";
  EXPECT_THAT(what_if(broken, "").why_not, StartsWith("this run's scenario cannot be used: scenario:2"));
  broken = facts_of_12b();
  broken.profile = "kind,name\n";
  const WhatIf wrong = what_if(broken, "");
  EXPECT_THAT(wrong.why_not, HasSubstr("not a profile"));
  EXPECT_TRUE(wrong.fields.empty());
  EXPECT_EQ(check(wrong, {}).size(), 1u);
}

}  // namespace
}  // namespace braid
