// SPDX-License-Identifier: Apache-2.0
// From how far ops have come to who holds them up, on programs of a few ops.
#include "validate/runner/diagnose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr OpState w = OpState::waiting, s = OpState::started, e = OpState::ended;

InstanceProgress at(int pp, std::vector<OpState> state) {
  return {.rank = pp, .pp = pp, .state = std::move(state), .since = {}};
}

/// Stage 0: compute 0, send 1. Stage 1: recv 0, compute 1.
TinyProgram two_stages(P2pMode mode = P2pMode::eager) {
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1}, mode);
  const auto f = tiny.compute(1), m = tiny.message(0, 1);
  tiny.op(0, Lane::compute, f);
  tiny.send(0, 1, m, {0});
  tiny.op(1, Lane::compute, f, {0});
  return tiny;
}

std::string first(const std::vector<Issue>& issues) {
  return issues.empty() ? "" : issues[0].where + ": " + issues[0].what;
}
std::string key(const TinyProgram& tiny, int pp, std::uint32_t op) {
  return to_text(tiny.program.ranks[static_cast<std::size_t>(pp)].ops[op].key);
}

TEST(Diagnose, SaysNothingOfARunThatHasEnded) {
  const TinyProgram tiny = two_stages();
  EXPECT_THAT(diagnose(tiny.program, std::vector{at(0, {e, e}), at(1, {e, e})}), IsEmpty());
}

TEST(Diagnose, NamesAnOpThatRunsOnAndWhoWaitsForIt) {
  const TinyProgram tiny = two_stages();
  auto slow = at(0, {s, w});
  slow.since = {0.25_s, 0_s};
  const auto issues = diagnose(tiny.program, std::vector{slow, at(1, {s, w})});
  EXPECT_EQ(first(issues), "rank 0: " + key(tiny, 0, 0) + ": is under way since 250 ms and does not end");
  ASSERT_EQ(issues.size(), 4U);  // each other op is the first that waits on its lane of its rank
  EXPECT_EQ(issues[1].what, "waits for " + key(tiny, 0, 0) + " of rank 0");
  EXPECT_EQ(issues[2].what, "waits for " + key(tiny, 0, 1) + " of rank 0");
  EXPECT_EQ(issues[3].what, "waits for " + key(tiny, 1, 0) + " of rank 1");
}

TEST(Diagnose, NamesAnOpThatCouldStartAndDidNot) {
  const TinyProgram tiny = two_stages();
  const auto issues = diagnose(tiny.program, std::vector{at(0, {w, w}), at(1, {s, w})});
  EXPECT_THAT(first(issues), HasSubstr("rank 0: " + key(tiny, 0, 0) + ": could start"));
}

TEST(Diagnose, TellsALostMessageFromOneThatIsNotPosted) {
  for (const P2pMode mode : {P2pMode::eager, P2pMode::batched}) {
    const TinyProgram tiny = two_stages(mode);
    EXPECT_EQ(first(diagnose(tiny.program, std::vector{at(0, {e, s}), at(1, {s, w})})),
              "rank 1: " + key(tiny, 1, 0) + ": its message, sent as " + key(tiny, 0, 1) + " of rank 0, never came");
  }
  // Batched, a receive that is not posted is at fault itself; eager, it keeps nobody waiting.
  const TinyProgram batched = two_stages(P2pMode::batched);
  EXPECT_THAT(first(diagnose(batched.program, std::vector{at(0, {e, s}), at(1, {w, w})})),
              HasSubstr("rank 1: " + key(batched, 1, 0) + ": could start"));
  const TinyProgram eager = two_stages();
  EXPECT_THAT(first(diagnose(eager.program, std::vector{at(0, {e, s}), at(1, {w, w})})), HasSubstr("never came"));
}

TEST(Diagnose, OfOneRankAloneBlamesTheStageThatIsNotPlayed) {
  const TinyProgram tiny = two_stages();
  EXPECT_EQ(first(diagnose(tiny.program, std::vector{at(1, {s, w})})),
            "rank 1: " + key(tiny, 1, 0) + ": is posted, its message from stage 0 never came");
}

TEST(Diagnose, NamesTheDeadRankFirst) {
  const TinyProgram tiny = two_stages();
  auto dead = at(1, {w, w});
  dead.died = true;
  EXPECT_EQ(first(diagnose(tiny.program, std::vector{at(0, {s, w}), dead})),
            "rank 1: " + key(tiny, 1, 0) + ": its rank died before it had ended");
  dead.died_before = 1;
  EXPECT_EQ(first(diagnose(tiny.program, std::vector{at(0, {s, w}), dead})),
            "rank 1: " + key(tiny, 1, 1) + ": its rank died before it could start");
}

TEST(Diagnose, TellsAStuckCollectiveFromAMemberThatIsMissing) {
  TinyProgram tiny({.tp = 2, .pp = 1, .dp = 1});
  const auto f = tiny.compute(1), c = tiny.collective(Scope::tp, 0, 1);
  tiny.op(0, Lane::compute, f);
  tiny.op(0, Lane::tp, c, {0});
  const auto member = [](int tp, std::vector<OpState> state) {
    return InstanceProgress{.rank = tp, .tp = tp, .state = std::move(state), .since = {}};
  };
  EXPECT_EQ(first(diagnose(tiny.program, std::vector{member(0, {e, s}), member(1, {e, s})})),
            "rank 0: " + key(tiny, 0, 1) + ": all 2 ranks that take part are in it, but it does not end");
  const auto issues = diagnose(tiny.program, std::vector{member(0, {e, s}), member(1, {s, w})});
  EXPECT_EQ(first(issues), "rank 1: " + key(tiny, 0, 0) + ": is under way and does not end");
  EXPECT_EQ(issues[1].what, "waits for " + key(tiny, 0, 1) + " of rank 1");
}

TEST(Diagnose, WithoutACulpritNamesTheCircle) {
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1}, P2pMode::batched);
  const auto f = tiny.compute(1), m = tiny.message(0, 1);
  // Each rank computes what the other has to send: 0 recv, 1 compute after it, 2 send after that.
  for (const int rank : {0, 1}) {
    tiny.op(rank, Lane::pp, m);
    tiny.op(rank, Lane::compute, f, {0});
    tiny.op(rank, Lane::pp, m, {1});
  }
  tiny.connect(0, 1, {.send = 2, .recv = 0});
  tiny.connect(1, 0, {.send = 2, .recv = 0});
  const auto issues = diagnose(tiny.program, std::vector{at(0, {s, w, w}), at(1, {s, w, w})});
  ASSERT_EQ(issues.size(), 6U);  // recv 0 -> send 2 of the peer -> compute 1 -> recv 0 there, and back
  for (const Issue& issue : issues) EXPECT_THAT(issue.what, HasSubstr("waits in a circle, for "));
}

TEST(InferStarted, TakesWhatHasNothingLeftToWaitForAsStarted) {
  const TinyProgram tiny = two_stages();
  InstanceProgress stage0 = at(0, {e, w}), stage1 = at(1, {w, w});
  infer_started(tiny.program, stage0);
  infer_started(tiny.program, stage1);
  EXPECT_EQ(stage0.state, (std::vector{e, s}));
  EXPECT_EQ(stage1.state, (std::vector{s, w}));
}

TEST(InferStarted, WithAPlanWaitsForTheStream) {
  // Two sends on one ordered stream: the second has nothing to wait for but the first.
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1});
  const auto m = tiny.message(0, 1);
  tiny.send(0, 1, m);
  tiny.send(0, 1, m);
  const auto plan = issue_plan(tiny.program, MessageStreams::ordered);
  InstanceProgress stage0 = at(0, {w, w});
  infer_started(tiny.program, stage0, &plan[0]);
  EXPECT_EQ(stage0.state, (std::vector{s, w}));
  // So with the plan the first is the one that is lost, and the second only waits.
  const auto issues = diagnose(tiny.program, std::vector{stage0}, plan);
  ASSERT_EQ(issues.size(), 2U);
  EXPECT_THAT(first(issues), HasSubstr(key(tiny, 0, 0) + ": is posted, but does not reach stage 1"));
  EXPECT_EQ(issues[1].what, "waits for " + key(tiny, 0, 0) + " of rank 0");
}

}  // namespace
}  // namespace braid
