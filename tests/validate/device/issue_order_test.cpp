// SPDX-License-Identifier: Apache-2.0
// The order in which one thread enqueues all ranks: every step once, and nothing before what it refers to.
#include "validate/device/issue_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/validate/device/two_ranks.hpp"
#include "tests/validate/runner/every_schedule.hpp"

namespace braid::gpu {
namespace {

/// Walks the turns as the player would, and finds what would be referred to before it is there.
class Walk {
 public:
  Walk(const Program& program, const std::vector<RankIssue>& plan, const std::vector<Instance>& instances)
      : program_(program),
        plan_(plan),
        instances_(instances),
        next_(instances.size()),
        messages_of_(program.batch_size.size()) {
    for (const Instance& i : instances) {
      const std::size_t ops = program.ranks[static_cast<std::size_t>(i.pp)].ops.size();
      done_.emplace_back(ops, 0);
      posted_.emplace_back(ops, false);
    }
    for (std::uint32_t m = 0; m < program.messages.size(); ++m) messages_of_[program.messages[m].batch].push_back(m);
  }
  void take(const Turn& t) {
    switch (t.kind) {
      case Turn::Kind::op:
        return advance(t.instance, t.first, 1);
      case Turn::Kind::collective: {
        const Op& first = op(t.instance, t.first);
        for (const std::uint32_t m : group_of(instances_, t.instance, program_.works[first.work].scope))
          advance(m, t.first, 1);
        return;
      }
      case Turn::Kind::post:
        ASSERT_EQ(next_[t.instance], t.first);
        for (std::uint32_t k = 0; k < t.count; ++k) posted_[t.instance][step(t.instance, t.first + k).op] = true;
        return;
      case Turn::Kind::sends:
      case Turn::Kind::receives:
        return messages(t);
    }
  }
  void expect_all() const {
    for (std::size_t i = 0; i < instances_.size(); ++i)
      EXPECT_TRUE(std::all_of(done_[i].begin(), done_[i].end(), [](int n) { return n == 1; })) << "instance " << i;
  }

 private:
  const IssueStep& step(std::uint32_t i, std::uint32_t k) const {
    return plan_[static_cast<std::size_t>(instances_[i].pp)].steps[k];
  }
  const Op& op(std::uint32_t i, std::uint32_t k) const {
    return program_.ranks[static_cast<std::size_t>(instances_[i].pp)].ops[step(i, k).op];
  }
  void advance(std::uint32_t i, std::uint32_t first, std::uint32_t count) {
    ASSERT_EQ(next_[i], first) << "steps of a rank are enqueued in the plan's order";
    next_[i] += count;
    for (std::uint32_t k = first; k < first + count; ++k) done(i, k);
  }
  void done(std::uint32_t i, std::uint32_t k) {
    ++done_[i][step(i, k).op];
    for (const std::uint32_t wait : step(i, k).waits) EXPECT_EQ(done_[i][wait], 1) << "waits for what is enqueued";
  }
  void messages(const Turn& t) {
    const bool sends = t.kind == Turn::Kind::sends;
    bool receives_left = false;
    for (std::uint32_t k = t.first; k < t.first + t.count; ++k) {
      const Op& o = op(t.instance, k);
      if ((o.key.kind == OpKind::send) != sends) {
        receives_left |= sends;
        continue;
      }
      const Message& m = program_.messages[o.message];
      if (sends && program_.p2p == P2pMode::batched) {
        for (const std::uint32_t other : messages_of_[m.batch]) {
          const Message& x = program_.messages[other];
          EXPECT_TRUE(posted_[pipeline_peer(instances_, t.instance, x.from)][x.send_op]);
          EXPECT_TRUE(posted_[pipeline_peer(instances_, t.instance, x.to)][x.recv_op]);
        }
      }
      if (!sends) { EXPECT_EQ(done_[pipeline_peer(instances_, t.instance, m.from)][m.send_op], 1); }
      done(t.instance, k);
    }
    ASSERT_EQ(next_[t.instance], t.first);
    if (!receives_left) next_[t.instance] += t.count;
  }
  const Program& program_;
  const std::vector<RankIssue>& plan_;
  const std::vector<Instance>& instances_;
  std::vector<std::uint32_t> next_;
  std::vector<std::vector<int>> done_;
  std::vector<std::vector<bool>> posted_;
  std::vector<std::vector<std::uint32_t>> messages_of_;
};

class EverySchedule : public testing::TestWithParam<test::ScheduleCase> {};

// TP 2: every collective has two members.
TEST_P(EverySchedule, IsEnqueuedWholeAndInOrder) {
  const test::Priced priced = test::model_case(GetParam());
  const auto plan = issue_plan(priced.program, MessageStreams::ordered);
  const auto instances = instances_of(priced.program);
  ASSERT_EQ(instances.size(), static_cast<std::size_t>(priced.program.placement.ranks()));
  Walk walk(priced.program, plan, instances);
  for (const Turn& turn : issue_order(priced.program, plan, instances)) {
    walk.take(turn);
    if (HasFatalFailure()) return;
  }
  walk.expect_all();
}

std::vector<test::ScheduleCase> up_to_four_ranks() {
  std::vector<test::ScheduleCase> cases = test::every_schedule();
  std::erase_if(cases, [](const test::ScheduleCase& c) { return c.p > 4; });
  return cases;
}
INSTANTIATE_TEST_SUITE_P(UpToFourRanks, EverySchedule, testing::ValuesIn(up_to_four_ranks()),
                         [](const auto& c) { return test::name_of(c.param); });

TEST(IssueOrder, PutsASendBeforeItsReceive) {
  const Program p = test::two_ranks();
  const auto plan = issue_plan(p, MessageStreams::ordered);
  const auto turns = issue_order(p, plan, instances_of(p));
  ASSERT_EQ(turns.size(), 4u);
  // Rank 0 computes; rank 1 cannot take its receive yet; rank 0 sends; then rank 1 receives and computes.
  EXPECT_EQ(turns[0].instance, 0u);
  EXPECT_EQ(turns[1].kind, Turn::Kind::sends);
  EXPECT_EQ(turns[2].kind, Turn::Kind::receives);
  EXPECT_EQ(turns[3].instance, 1u);
}

// Each rank receives before it sends, and the plan has both in this order.
TEST(IssueOrderErrors, NamesTheRanksThatWaitInACircle) {
  Program p = test::two_ranks();
  p.messages = {{.from = 0, .to = 1, .send_op = 1, .recv_op = 0, .batch = 0},
                {.from = 1, .to = 0, .send_op = 1, .recv_op = 0, .batch = 1}};
  p.batch_size = {1, 1};
  for (std::int32_t r = 0; r < 2; ++r) {
    p.ranks[static_cast<std::size_t>(r)].ops = {{.key = {.rank = r, .kind = OpKind::recv},
                                                 .lane = Lane::pp,
                                                 .work = test::kMessageWork,
                                                 .message = r == 0 ? 1u : 0u},
                                                {.key = {.rank = r, .kind = OpKind::send},
                                                 .lane = Lane::pp,
                                                 .work = test::kMessageWork,
                                                 .message = r == 0 ? 0u : 1u}};
    p.ranks[static_cast<std::size_t>(r)].deps.clear();
  }
  const std::vector<RankIssue> plan(
      2, {.streams = {{}, {.lane = Lane::pp}}, .steps = {{.op = 0, .stream = 1}, {.op = 1, .stream = 1}}});
  try {
    issue_order(p, plan, instances_of(p));
    FAIL() << "a circle was ordered";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("rank 0: recv"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("rank 1: recv"), std::string::npos) << e.what();
  }
}

TEST(Instances, AreTheGpusOfThePlacement) {
  Program p;
  p.placement = {.tp = 2, .pp = 2, .dp = 1};  // tp varies fastest: ranks (tp, pp) = (0,0) (1,0) (0,1) (1,1)
  p.ranks.resize(2);
  const auto all = instances_of(p);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[2].pp, 1);
  EXPECT_EQ(all[2].tp, 0);
  EXPECT_EQ(group_of(all, 3, Scope::tp), (std::vector<std::uint32_t>{2, 3}));
  EXPECT_EQ(group_of(all, 3, Scope::dp), (std::vector<std::uint32_t>{3}));
  EXPECT_EQ(pipeline_peer(all, 3, 0), 1u);
}

}  // namespace
}  // namespace braid::gpu
