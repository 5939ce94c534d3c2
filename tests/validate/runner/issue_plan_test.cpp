// SPDX-License-Identifier: Apache-2.0
// Every schedule's program becomes streams and events that end and that order everything the program orders.
#include "validate/runner/issue_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/sim/engine/tiny_program.hpp"
#include "tests/validate/runner/every_schedule.hpp"

namespace braid {
namespace {

using test::ScheduleCase;
using testing::ElementsAre;

/// By op, which ops must have ended before it starts, as far as the rank's own streams and events say.
std::vector<std::vector<bool>> ended_before(const RankIssue& issue, std::size_t ops) {
  std::vector<std::vector<bool>> known(ops, std::vector<bool>(ops, false));
  std::vector<std::uint32_t> last(issue.streams.size(), kNoMessage), group_of(ops, 0);
  std::map<std::uint32_t, std::vector<std::uint32_t>> groups;
  for (const IssueStep& step : issue.steps) {
    group_of[step.op] = step.group;
    if (step.group != 0) groups[step.group].push_back(step.op);
  }
  for (std::size_t first = 0; first < issue.steps.size();) {
    // Steps of one group start together, behind the waits of all and whatever is ahead on the stream.
    std::size_t end = first + 1;
    while (issue.steps[first].group != 0 && end < issue.steps.size() &&
           issue.steps[end].group == issue.steps[first].group) {
      ++end;
    }
    std::vector<bool> before(ops, false);
    const auto add = [&](std::uint32_t op) {
      for (std::size_t k = 0; k < ops; ++k) before[k] = before[k] || known[op][k];
      before[op] = true;
      for (const std::uint32_t mate : groups[group_of[op]]) before[mate] = true;  // a group ends as one
    };
    for (std::size_t i = first; i < end; ++i) {
      for (const std::uint32_t wait : issue.steps[i].waits) add(wait);
    }
    std::uint32_t& ahead = last[issue.steps[first].stream];
    if (ahead != kNoMessage) add(ahead);
    for (std::size_t i = first; i < end; ++i) known[issue.steps[i].op] = before;
    ahead = issue.steps[end - 1].op;
    first = end;
  }
  return known;
}

void expect_all_ordered(const Program& program, const std::vector<RankIssue>& plan) {
  for (std::size_t r = 0; r < program.ranks.size(); ++r) {
    const RankProgram& rank = program.ranks[r];
    const auto before = ended_before(plan[r], rank.ops.size());
    std::array<std::uint32_t, kLanes> last;
    last.fill(kNoMessage);
    for (std::uint32_t k = 0; k < rank.ops.size(); ++k) {
      const Op& op = rank.ops[k];
      const bool eager_recv = op.key.kind == OpKind::recv && program.p2p != P2pMode::batched;
      for (const std::uint32_t dep : rank.deps_of(op)) {
        EXPECT_TRUE(eager_recv || before[k][dep])
            << "rank " << r << " " << to_text(op.key) << " before " << to_text(rank.ops[dep].key) << " has ended";
      }
      std::uint32_t& ahead = last[static_cast<std::size_t>(op.lane)];
      if (op.lane != Lane::pp && ahead != kNoMessage) { EXPECT_TRUE(before[k][ahead]) << to_text(op.key); }
      ahead = k;
    }
  }
}

void expect_ends(const Program& program, const std::vector<RankIssue>& plan) {
  for (const Issue& issue : check(program, plan)) ADD_FAILURE() << issue.where << ": " << issue.what;
}

class IssuePlanOf : public testing::TestWithParam<ScheduleCase> {};

TEST_P(IssuePlanOf, AbstractCellsEnds) {
  const Program program = test::abstract_case(GetParam()).program;
  for (const MessageStreams messages : {MessageStreams::free, MessageStreams::ordered}) {
    const auto plan = issue_plan(program, messages);
    expect_ends(program, plan);
    if (GetParam().p <= 4) expect_all_ordered(program, plan);
  }
}

TEST_P(IssuePlanOf, AModelWithTensorParallelismEnds) {
  const Program program = test::model_case(GetParam()).program;
  for (const MessageStreams messages : {MessageStreams::free, MessageStreams::ordered}) {
    const auto plan = issue_plan(program, messages);
    expect_ends(program, plan);
    if (GetParam().p == 2) expect_all_ordered(program, plan);
  }
}

/// NCCL pairs what two ranks put on a stream between them in order, so the orders must be the same.
TEST_P(IssuePlanOf, OrderedMeetsItsPeersInOneOrder) {
  const Program program = test::model_case(GetParam()).program;
  const auto plan = issue_plan(program, MessageStreams::ordered);
  std::map<std::pair<int, int>, std::array<std::vector<std::uint32_t>, 2>> messages;  // (from, to) -> sends, recvs
  for (std::size_t r = 0; r < plan.size(); ++r) {
    for (const IssueStep& step : plan[r].steps) {
      const Op& op = program.ranks[r].ops[step.op];
      if (op.message == kNoMessage) continue;
      const Message& m = program.messages[op.message];
      messages[{m.from, m.to}][op.key.kind == OpKind::recv ? 1 : 0].push_back(
          program.p2p == P2pMode::batched ? m.batch : op.message);
    }
  }
  EXPECT_FALSE(messages.empty());
  for (const auto& [ends, orders] : messages) {
    EXPECT_EQ(orders[0], orders[1]) << "from " << ends.first << " to " << ends.second;
  }
}

TEST_P(IssuePlanOf, FreeIsInProgramOrder) {
  const Program program = test::model_case(GetParam()).program;
  for (const RankIssue& issue : issue_plan(program, MessageStreams::free)) {
    for (std::uint32_t i = 0; i < issue.steps.size(); ++i) ASSERT_EQ(issue.steps[i].op, i);
  }
}

INSTANTIATE_TEST_SUITE_P(EverySchedule, IssuePlanOf, testing::ValuesIn(test::every_schedule()),
                         [](const auto& param) { return test::name_of(param.param); });

TEST(IssuePlan, LeavesOutWaitsThatAnEarlierOneImplies) {
  // compute 0, 2, 4; tp 1 (after 0), 3 (after 2, 1). Op 4 depends on 1 and 3: tp runs in order, so 3 alone is waited
  // for. Op 5 on tp depends on 0 and 4, and 4 is behind 0. Op 6 on compute depends on 1 again: known since 4.
  TinyProgram tiny({.tp = 2, .pp = 1, .dp = 1});
  const auto f = tiny.compute(1);
  const auto c = tiny.collective(Scope::tp, 0, 1);
  tiny.op(0, Lane::compute, f);
  tiny.op(0, Lane::tp, c, {0});
  tiny.op(0, Lane::compute, f);
  tiny.op(0, Lane::tp, c, {2, 1});
  tiny.op(0, Lane::compute, f, {1, 3});
  tiny.op(0, Lane::tp, c, {0, 4});
  tiny.op(0, Lane::compute, f, {1});
  const auto plan = issue_plan(tiny.program, MessageStreams::free);
  const auto& steps = plan[0].steps;
  EXPECT_THAT(steps[1].waits, ElementsAre(0));
  EXPECT_THAT(steps[3].waits, ElementsAre(2));
  EXPECT_THAT(steps[4].waits, ElementsAre(3));
  EXPECT_THAT(steps[5].waits, ElementsAre(4));
  EXPECT_THAT(steps[6].waits, ElementsAre());
  EXPECT_TRUE(steps[0].records && steps[2].records && steps[3].records && steps[4].records);
  EXPECT_FALSE(steps[1].records || steps[5].records || steps[6].records);
}

TEST(IssuePlan, ReceivesInTheOrderOfTheSender) {
  // Rank 0 sends a, then b; rank 1 posts b's receive (op 0) before a's (op 1), each with a reader. On the one stream a
  // must come first, so it is enqueued ahead of its place.
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1});
  const auto f = tiny.compute(1);
  const auto m = tiny.message(0, 1);
  tiny.op(0, Lane::compute, f);
  tiny.op(0, Lane::pp, m, {0});
  tiny.op(0, Lane::pp, m, {0});
  tiny.op(1, Lane::pp, m);
  tiny.op(1, Lane::compute, f, {0});
  tiny.op(1, Lane::pp, m);
  tiny.op(1, Lane::compute, f, {2});
  tiny.connect(0, 1, {.send = 1, .recv = 2});
  tiny.connect(0, 1, {.send = 2, .recv = 0});
  ASSERT_TRUE(check(tiny.program).empty());
  const auto plan = issue_plan(tiny.program, MessageStreams::ordered);
  std::vector<std::uint32_t> order;
  for (const IssueStep& step : plan[1].steps) order.push_back(step.op);
  EXPECT_THAT(order, ElementsAre(2, 0, 1, 3));
  EXPECT_THAT(plan[1].steps[2].waits, ElementsAre(0));
  EXPECT_THAT(plan[1].steps[3].waits, ElementsAre()) << "op 2 is ahead of op 0 on its stream";
  expect_ends(tiny.program, plan);
}

TEST(IssuePlan, EnqueuesABatchAsOneGroup) {
  // Rank 0 sends and receives in one batch after its op 0: one group, one wait.
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1}, P2pMode::batched);
  const auto f = tiny.compute(1);
  const auto m = tiny.message(0, 1);
  for (const int rank : {0, 1}) tiny.op(rank, Lane::compute, f);
  tiny.send(0, 1, m, {0}, {0});
  tiny.send(1, 0, m, {0}, {0}, 0);
  for (const int rank : {0, 1}) tiny.op(rank, Lane::compute, f, {1, 2});
  ASSERT_TRUE(check(tiny.program).empty());
  const auto plan = issue_plan(tiny.program, MessageStreams::ordered);
  for (const RankIssue& issue : plan) {
    EXPECT_EQ(issue.streams.size(), 2U);
    EXPECT_NE(issue.steps[1].group, 0U);
    EXPECT_EQ(issue.steps[1].group, issue.steps[2].group);
    EXPECT_THAT(issue.steps[1].waits, ElementsAre(0));
    EXPECT_THAT(issue.steps[2].waits, ElementsAre());
    EXPECT_EQ(issue.steps[3].waits.size(), 1U);
  }
  expect_ends(tiny.program, plan);
}

}  // namespace
}  // namespace braid
