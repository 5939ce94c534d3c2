// SPDX-License-Identifier: Apache-2.0
// A rank alone, its peers stood for, does what it does in the whole plan: if nothing differs from the prediction, at
// the same times.
#include "validate/runner/replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/cost/cost_program.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "tests/sim/engine/tiny_program.hpp"
#include "tests/validate/runner/every_schedule.hpp"
#include "tests/validate/runner/same_timeline.hpp"
#include "validate/runner/host_runner.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid {
namespace {

using test::Priced;
using test::ScheduleCase;

/// The rank of the pipeline rank `pp` at tensor and data parallel place 0, alone.
Timeline only(const Priced& c, Timeline timeline, int pp) {
  const bool folded = timeline.multiplicity > 1 || c.program.placement.tp * c.program.placement.dp == 1;
  const int number = folded ? pp : c.program.placement.gpu(0, pp, 0);
  std::erase_if(timeline.ranks, [&](const RankTimeline& r) { return r.rank != number; });
  timeline.multiplicity = 1;
  timeline.step_time = Seconds(0);
  timeline.ranks.at(0).rank = pp;
  for (auto& lane : timeline.ranks[0].lanes) {
    for (Span& span : lane) {
      span.key.rank = pp;
      timeline.step_time = std::max(timeline.step_time, span.end);
    }
  }
  return timeline;
}

/// Every rank replayed by the engine, and by the host backend, against the prediction.
void expect_replays_are_the_plan(const Priced& c, const EngineOptions& options = {}) {
  const Timeline predicted = simulate_ideal(c.program, c.costs, c.cluster, options);
  const Cluster one_gpu = tiny_cluster(1, 1);
  for (int rank = 0; rank < c.program.placement.pp; ++rank) {
    SCOPED_TRACE(rank);
    const Replay replay = replay_of(c.program, c.costs, c.cluster, predicted, rank);
    for (const Issue& issue : check(replay.program)) ADD_FAILURE() << issue.where << ": " << issue.what;
    const Timeline expected = only(c, predicted, rank);
    test::expect_same(in_plan(replay, simulate_ideal(replay.program, replay.costs, one_gpu)), expected);
    const MeasuredRun run = host_runner()->run({.program = replay.program, .costs = replay.costs, .cluster = one_gpu});
    test::expect_same(in_plan(replay, run.timeline), expected);
    for (const MessageStreams messages : {MessageStreams::free, MessageStreams::ordered}) {
      EXPECT_TRUE(check(replay.program, issue_plan(replay.program, messages)).empty());
    }
  }
}

Priced without_launch(Priced c) {
  Profile profile = default_profile(c.cluster.gpu);
  profile.parameters.host_launch_s = 0;
  c.costs = cost_program(c.program, c.cluster, profile);
  return c;
}

class ReplayOf : public testing::TestWithParam<ScheduleCase> {};

TEST_P(ReplayOf, AbstractCellsIsThePlan) { expect_replays_are_the_plan(test::abstract_case(GetParam())); }

TEST_P(ReplayOf, AModelIsThePlan) { expect_replays_are_the_plan(without_launch(test::model_case(GetParam()))); }

std::vector<ScheduleCase> small_cases() {
  std::vector<ScheduleCase> cases = test::every_schedule();
  std::erase_if(cases, [](const ScheduleCase& c) { return c.p == 8; });
  cases.push_back({.schedule = "zb-v", .p = 4, .m = 16, .p2p = P2pMode::blocking});
  return cases;
}
INSTANTIATE_TEST_SUITE_P(EverySchedule, ReplayOf, testing::ValuesIn(small_cases()),
                         [](const auto& param) { return test::name_of(param.param); });

TEST(Replay, OfThePapersTwelveBillionOnTP8PP2IsThePlan) {
  const Scenario scenario =
      read_scenario(std::string(BRAID_SOURCE_DIR) + "/scenarios/papers/stp-12b-a800-tp8pp2-3072.toml");
  for (const braid::Run& run : scenario.runs) {
    SCOPED_TRACE(run.schedule);
    Priced c{.program = lower(schedule_of(scenario, run), scenario, run), .costs = {}, .cluster = scenario.cluster};
    c.costs = cost_program(c.program, c.cluster, read_profile(scenario.profile, scenario.cluster.gpu));
    expect_replays_are_the_plan(c);
  }
}

TEST(Replay, OfAnUnfoldedPredictionTakesThePlaceZero) {
  const Priced c = without_launch(test::model_case({.schedule = "stp", .p = 2, .m = 5}, 2));
  expect_replays_are_the_plan(c, {.fold = false});
}

TEST(Replay, StandsForAPeerUntilItsPredictedPost) {
  // Stage 0 computes 3 and sends 1; stage 1 receives 3-4, computes 2. Its replay: a delay 0-3, the receive at a fixed
  // cost of 1, the compute op.
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1});
  const auto long_op = tiny.compute(3), short_op = tiny.compute(2), m = tiny.message(0.25, 0.75);
  tiny.op(0, Lane::compute, long_op);
  tiny.send(0, 1, m, {0});
  tiny.op(1, Lane::compute, short_op, {0});
  const Cluster cluster = tiny_cluster(1, 2);
  const Replay replay =
      replay_of(tiny.program, tiny.costs, cluster, simulate_ideal(tiny.program, tiny.costs, cluster), 1);
  const auto& ops = replay.program.ranks[0].ops;
  ASSERT_EQ(ops.size(), 3U);
  EXPECT_TRUE(is_peer_delay(ops[0]));
  EXPECT_EQ(replay.costs.duration[ops[0].work], 3_s);
  EXPECT_EQ(ops[1].key.kind, OpKind::recv);
  EXPECT_EQ(replay.program.works[ops[1].work].kind, WorkKind::fixed);
  EXPECT_EQ(replay.costs.duration[ops[1].work], 1_s);
  EXPECT_EQ(ops[2].work, short_op);
  EXPECT_FALSE(is_peer_delay(ops[2]));
}

TEST(Replay, OfARankThatRunsSlowerIsNotHeldToThePrediction) {
  // Stage 0 of the plan above at 5 seconds in place of 3: its send starts when it has computed, at 5.
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 1}, P2pMode::batched);
  const auto op = tiny.compute(3), m = tiny.message(0, 1);
  tiny.op(0, Lane::compute, op);
  tiny.send(0, 1, m, {0});
  const Cluster cluster = tiny_cluster(1, 2);
  Replay replay = replay_of(tiny.program, tiny.costs, cluster, simulate_ideal(tiny.program, tiny.costs, cluster), 0);
  replay.costs.duration[op] = 5_s;
  const Timeline played = in_plan(replay, simulate_ideal(replay.program, replay.costs, tiny_cluster(1, 1)));
  EXPECT_EQ(span_of(played, 0, Lane::pp, 1).start, 5_s);
}

TEST(ReplayErrors, ARankThatIsNotThere) {
  const Priced c = test::abstract_case({.schedule = "gpipe", .p = 2, .m = 2});
  const Timeline predicted = simulate_ideal(c.program, c.costs, c.cluster);
  for (const int rank : {-1, 2}) {
    try {
      replay_of(c.program, c.costs, c.cluster, predicted, rank);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()), "replay: no pipeline rank " + std::to_string(rank) + "; the plan has 2");
    }
  }
}

TEST(ReplayErrors, ATimelineOfAnotherProgram) {
  const Priced c = test::abstract_case({.schedule = "gpipe", .p = 2, .m = 2});
  const Priced other = test::abstract_case({.schedule = "gpipe", .p = 2, .m = 3});
  EXPECT_THROW(replay_of(c.program, c.costs, c.cluster, simulate_ideal(other.program, other.costs, other.cluster), 0),
               Error);
}

}  // namespace
}  // namespace braid
