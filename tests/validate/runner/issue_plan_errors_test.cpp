// SPDX-License-Identifier: Apache-2.0
// The smallest plan that breaks each rule of check(), and what it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/engine/tiny_program.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

/// compute 0 -> tp 1 -> compute 2.
TinyProgram three_ops() {
  TinyProgram tiny({.tp = 2, .pp = 1, .dp = 1});
  const auto f = tiny.compute(1);
  const auto c = tiny.collective(Scope::tp, 0, 1);
  tiny.op(0, Lane::compute, f);
  tiny.op(0, Lane::tp, c, {0});
  tiny.op(0, Lane::compute, f, {1});
  return tiny;
}

std::string only_issue(const Program& program, const std::vector<RankIssue>& plan) {
  const auto issues = check(program, plan);
  EXPECT_EQ(issues.size(), 1U);
  return issues.empty() ? "" : issues[0].where + ": " + issues[0].what;
}

TEST(IssuePlanErrors, AnOpThatIsNeverEnqueued) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  plan[0].steps.pop_back();
  EXPECT_THAT(only_issue(tiny.program, plan),
              HasSubstr("rank 0: " + to_text(tiny.program.ranks[0].ops[2].key) + ": is never enqueued"));
}

TEST(IssuePlanErrors, AnOpThatIsEnqueuedTwice) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  plan[0].steps.push_back(plan[0].steps[0]);
  EXPECT_THAT(only_issue(tiny.program, plan), HasSubstr("is enqueued twice"));
}

TEST(IssuePlanErrors, AStreamThatDoesNotExist) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  plan[0].steps[2].stream = 7;
  EXPECT_THAT(check(tiny.program, plan).front().what, HasSubstr("an op or a stream that does not exist"));
}

TEST(IssuePlanErrors, AnEventThatIsRecordedLater) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  std::swap(plan[0].steps[0], plan[0].steps[1]);
  EXPECT_THAT(only_issue(tiny.program, plan), HasSubstr("which is not enqueued before it"));
}

TEST(IssuePlanErrors, AnEventThatIsNotRecorded) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  plan[0].steps[0].records = false;
  EXPECT_THAT(only_issue(tiny.program, plan), HasSubstr("which records no event"));
}

TEST(IssuePlanErrors, AWaitForAnOpThatDoesNotExist) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  plan[0].steps[2].waits = {9};
  EXPECT_THAT(only_issue(tiny.program, plan), HasSubstr("waits for an op that does not exist"));
}

TEST(IssuePlanErrors, AGroupInPieces) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  plan[0].steps[0].group = plan[0].steps[2].group = 1;
  EXPECT_THAT(only_issue(tiny.program, plan), HasSubstr("is apart from its group"));
}

TEST(IssuePlanErrors, AGroupOnTwoStreams) {
  const TinyProgram tiny = three_ops();
  auto plan = issue_plan(tiny.program, MessageStreams::free);
  plan[0].steps[1].waits.clear();
  plan[0].steps[0].group = plan[0].steps[1].group = 1;
  EXPECT_THAT(only_issue(tiny.program, plan), HasSubstr("is not on the stream of its group"));
}

TEST(IssuePlanErrors, AGroupThatWaitsInItsMiddle) {
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1}, P2pMode::batched);
  const auto f = tiny.compute(1);
  const auto m = tiny.message(0, 1);
  for (const int rank : {0, 1}) tiny.op(rank, Lane::compute, f);
  tiny.send(0, 1, m, {0}, {0});
  tiny.send(1, 0, m, {0}, {0}, 0);
  auto plan = issue_plan(tiny.program, MessageStreams::ordered);
  std::swap(plan[0].steps[1].waits, plan[0].steps[2].waits);
  EXPECT_THAT(only_issue(tiny.program, plan), HasSubstr("waits apart from the first of its group"));
}

TEST(IssuePlanErrors, APlanOfAnotherNumberOfRanks) {
  const TinyProgram tiny = three_ops();
  EXPECT_THAT(only_issue(tiny.program, {}), HasSubstr("has 0 ranks, the program 1"));
}

TEST(IssuePlanErrors, TwoRanksThatReceiveInOtherOrdersThanTheySend) {
  // Rank 0 sends a then b on one stream; rank 1 receives b then a on one: each waits for the other.
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1});
  const auto m = tiny.message(0, 1);
  tiny.send(0, 1, m);
  tiny.send(0, 1, m);
  auto plan = issue_plan(tiny.program, MessageStreams::ordered);
  ASSERT_TRUE(check(tiny.program, plan).empty());
  std::swap(plan[1].steps[0], plan[1].steps[1]);
  const auto issues = check(tiny.program, plan);
  ASSERT_EQ(issues.size(), 2U);  // the circle: rank 0's b behind a, rank 1's a behind b
  for (const Issue& issue : issues) EXPECT_THAT(issue.what, HasSubstr("waits in a circle, for "));
  EXPECT_NE(issues[0].where.substr(0, 6), issues[1].where.substr(0, 6));
}

}  // namespace
}  // namespace braid
