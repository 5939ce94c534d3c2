// SPDX-License-Identifier: Apache-2.0
// The smallest change of a sound program that breaks each rule of check(), and what it says.
#include <gtest/gtest.h>

#include <functional>

#include "tests/sim/program/fixture.hpp"

namespace braid {
namespace {

using namespace testing;

Program sound() {
  return lower(middle_of_three({{{F(1, 0)}}, {{B(1, 0)}}, {{F(1, 1)}}, {{B(1, 1)}}}), small_scenario(3, 2), {});
}

std::string complaint(const std::function<void(Program&)>& corrupt) {
  Program program = sound();
  EXPECT_TRUE(check(program).empty());
  corrupt(program);
  const std::vector<Issue> issues = check(program);
  return issues.empty() ? "" : issues.front().where + ": " + issues.front().what;
}

TEST(CheckProgram, FindsAWorkThatDoesNotExist) {
  EXPECT_EQ(complaint([](Program& p) { p.ranks[1].ops[3].work = 999; }),
            "program:rank 1:op 3: names a work that does not exist");
}

TEST(CheckProgram, FindsADependenceOnALaterOp) {
  EXPECT_EQ(complaint([](Program& p) { p.ranks[1].deps[p.ranks[1].ops[1].dep_begin] = 5; }),
            "program:rank 1:op 1: depends on op 5, which is not before it");
}

TEST(CheckProgram, FindsDependencesOutsideTheTable) {
  EXPECT_EQ(complaint([](Program& p) {
              p.ranks[0].ops.back().dep_begin = 100000;
              p.ranks[0].ops.back().dep_count = 1;
            }),
            "program:rank 0:op " + std::to_string(sound().ranks[0].ops.size() - 1) +
                ": its dependences lie outside the table");
}

TEST(CheckProgram, FindsAPlacementWithOtherRanks) {
  EXPECT_EQ(complaint([](Program& p) { p.placement.pp = 4; }),
            "program: the placement has pp = 4, the program 3 ranks");
}

TEST(CheckProgram, FindsAMessageThatNamesTheWrongOp) {
  EXPECT_EQ(complaint([](Program& p) { p.messages[0].recv_op = 1; }),
            "program:message 0: its recv op is not the receiver's");
}

TEST(CheckProgram, FindsASendWithoutAMessageUnlessItsCostIsFixed) {
  const auto lone_send = [](WorkKind kind) {
    Program p{.placement = {}, .works = {{.kind = kind}}, .ranks = {1, RankProgram{}}};
    p.ranks[0].ops.push_back({.key = {.kind = OpKind::send}, .lane = Lane::pp});
    p.ranks[0].ops.push_back({.key = {.kind = OpKind::send}, .lane = Lane::pp, .dep_count = 1});
    p.ranks[0].deps = {0};
    return check(p);
  };
  EXPECT_TRUE(lone_send(WorkKind::fixed).empty());
  const auto issues = lone_send(WorkKind::message);
  ASSERT_EQ(issues.size(), 2U);
  EXPECT_EQ(issues[0].where + ": " + issues[0].what,
            "program:rank 0:op 0: a send or recv, and nothing else, names a message that exists");
}

TEST(CheckProgram, FindsABatchThatWaitsForMoreThanBelongsToIt) {
  EXPECT_EQ(complaint([](Program& p) { p.batch_size[0] = 2; }),
            "program:batch 0: waits for 2 posted ops, 1 belong to it");
}

TEST(CheckProgram, FindsRanksThatWaitForOneAnother) {
  // Rank 1 sends its activation after the gradient that rank 2 can only compute from it.
  EXPECT_NE(complaint([](Program& p) {
              const auto& ops = p.ranks[1].ops;
              std::uint32_t send = 0, recv = 0;
              for (std::uint32_t i = 0; i < ops.size(); ++i) {
                if (ops[i].key.kind == OpKind::send && ops[i].key.microbatch == 0 && ops[i].key.index == 0) send = i;
                if (ops[i].key.kind == OpKind::recv && ops[i].key.microbatch == 0 && ops[i].key.index == 2) recv = i;
              }
              std::swap(p.ranks[1].ops[send], p.ranks[1].ops[recv]);
              p.messages[p.ranks[1].ops[send].message].recv_op = send;
              p.messages[p.ranks[1].ops[recv].message].send_op = recv;
              Op& late = p.ranks[1].ops[recv];
              p.ranks[1].deps.push_back(send);
              late.dep_begin = static_cast<std::uint32_t>(p.ranks[1].deps.size() - 1);
              late.dep_count = 1;
            }).find("waits in a circle"),
            std::string::npos);
}

TEST(LowerErrors, NameThePlanFieldThatDoesNotFitTheSchedule) {
  const Schedule schedule = one_rank({{{F(0, 0)}}, {{B(0, 0)}}}, 1);
  try {
    lower(schedule, small_scenario(2, 1), {});
    FAIL() << "a schedule for one rank was lowered for two";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "plan.pp: the schedule 'hand' is for 1 pipeline ranks, the plan has pp = 2");
  }
}

}  // namespace
}  // namespace braid
