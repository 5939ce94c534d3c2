// SPDX-License-Identifier: Apache-2.0
// Bar 1: the host backend runs every schedule, and its threads and the engine, which share no code, agree op for op.
#include "validate/runner/host_runner.hpp"

#include <gtest/gtest.h>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/host_lane.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/memory/memory.hpp"
#include "tests/sim/engine/synthetic_program.hpp"
#include "tests/sim/engine/tiny_program.hpp"
#include "tests/validate/runner/every_schedule.hpp"
#include "tests/validate/runner/same_timeline.hpp"

namespace braid {
namespace {

using test::Priced;
using test::ScheduleCase;

MeasuredRun host_run(const Priced& c, HostOptions options = {}) {
  return host_runner(std::move(options))->run({.program = c.program, .costs = c.costs, .cluster = c.cluster});
}

/// run() has passed verify(); what is left to show is that the engine plays the same.
void expect_same_as_engine(const Priced& c, HostOptions options = {}) {
  const bool fold = !options.unfolded;
  const MeasuredRun run = host_run(c, std::move(options));
  test::expect_same(run.timeline, simulate_ideal(c.program, c.costs, c.cluster, {.fold = fold}));
  EXPECT_EQ(run.traced.size(), 1U);
}

class HostRunOf : public testing::TestWithParam<ScheduleCase> {};

TEST_P(HostRunOf, AbstractCellsIsTheEngines) { expect_same_as_engine(test::abstract_case(GetParam())); }

TEST_P(HostRunOf, AModelIsTheEngines) {
  const Priced c = test::model_case(GetParam());
  expect_same_as_engine(c);
}

INSTANTIATE_TEST_SUITE_P(EverySchedule, HostRunOf, testing::ValuesIn(test::every_schedule()),
                         [](const auto& param) { return test::name_of(param.param); });

/// Hosts that wait for messages, beside launches by kernel: the engine reckons these waits ahead, a host thread waits.
class HostThatWaitsOf : public testing::TestWithParam<ScheduleCase> {};

TEST_P(HostThatWaitsOf, AModelIsTheEngines) {
  Priced c = test::model_case(GetParam());
  const double ahead = host_run(c).step_time().value;
  c.program.host_waits = true;
  expect_same_as_engine(c);
  EXPECT_GE(host_run(c).step_time().value, ahead * (1 - 1e-9));
}

TEST_P(HostThatWaitsOf, AbstractCellsIsTheEngines) {
  // Cells of a second and launches of 0.4 and 2.5 s: the GPU, then the host is the slower of the two.
  for (const double launch : {0.4, 2.5}) {
    for (const bool waits : {false, true}) {
      SCOPED_TRACE(launch);
      Priced c = test::abstract_case(GetParam());
      c.program.host_waits = waits;
      c.costs.launches = launches_of(c.program, c.costs.duration, Seconds(launch));
      expect_same_as_engine(c);
    }
  }
}

std::vector<ScheduleCase> on_up_to_four_stages() {
  std::vector<ScheduleCase> cases = test::every_schedule();
  std::erase_if(cases, [](const ScheduleCase& c) { return c.p > 4; });
  return cases;
}
INSTANTIATE_TEST_SUITE_P(EverySchedule, HostThatWaitsOf, testing::ValuesIn(on_up_to_four_stages()),
                         [](const auto& param) { return test::name_of(param.param); });

TEST(HostThatWaits, OfEveryGPUIsTheEngines) {
  // TP 2 x PP 2 x DP 2: hosts of their own, which wait for the messages of their own copy of the pipeline.
  for (const ScheduleCase& one : on_up_to_four_stages()) {
    if (one.p > 2) continue;
    SCOPED_TRACE(test::name_of(one));
    Priced c = test::model_case(one, 2);
    c.program.host_waits = true;
    expect_same_as_engine(c, {.unfolded = true});
  }
}

TEST(HostThatWaits, TakesLonger) {
  // The cases above hold nothing if a host that waits is never late: 1F1B on four stages waits before every forward.
  Priced c = test::model_case({.schedule = "1f1b", .p = 4, .m = 16});
  const double ahead = host_run(c).step_time().value;
  c.program.host_waits = true;
  EXPECT_GT(host_run(c).step_time().value, ahead * 1.001);
}

TEST(HostRun, OfBlockingMessagesIsTheEngines) {
  for (const char* schedule : {"1f1b-i", "zb-v"}) {
    expect_same_as_engine(test::model_case({.schedule = schedule, .p = 4, .m = 16, .p2p = P2pMode::blocking}));
  }
}

TEST(HostRun, OfEveryGPUIsTheEngines) {
  // TP 2 x DP 2: 8 and 16 GPUs, each with its own threads, that meet in tensor and data parallel collectives.
  for (const char* schedule : {"1f1b", "zb-v", "stp"}) {
    for (const int p : {2, 4}) {
      for (const P2pMode mode : {P2pMode::eager, P2pMode::batched}) {
        const ScheduleCase one{.schedule = schedule, .p = p, .m = 4 * p, .p2p = mode};
        SCOPED_TRACE(test::name_of(one));
        expect_same_as_engine(test::model_case(one, 2), {.unfolded = true});
      }
    }
  }
}

TEST(HostRun, OfSyntheticContentionIsTheEngines) {
  // Random durations, each compute op stretched by 0.2 beside every communication.
  for (const P2pMode mode : {P2pMode::eager, P2pMode::batched}) {
    const Synthetic made = synthetic_program({.placement = {.tp = 2, .pp = 4, .dp = 2}, .p2p = mode});
    const Priced c{.program = made.program, .costs = made.costs, .cluster = tiny_cluster(2, 8)};
    expect_same_as_engine(c);
    expect_same_as_engine(c, {.unfolded = true});
    double stretch = 0;
    const MeasuredRun run = host_run(c);
    for (const Span& span : run.timeline.ranks[0].lanes[0]) stretch += span.stretch.value;
    EXPECT_GT(stretch, 0) << "nothing was stretched, so the case shows nothing";
  }
}

TEST(HostRun, UnfoldsWhereAMessageTakesAnotherPathInAnotherColumn) {
  // TP 2 x PP 3 over nodes of 4 GPUs: GPUs 0 1 | 2 3 in node 0, 4 5 in node 1; DP 2 shifts the stages of the second
  // copy: with order tp, pp, dp its stages are 6 7 | 8 9 | 10 11, of nodes 1, 2, 2. Stage 0 to 1 stays in a node in the
  // first copy and leaves it in the second.
  TinyProgram tiny({.tp = 2, .pp = 3, .dp = 2, .order = RankOrder::tp_pp_dp});
  const auto f = tiny.compute(1), m = tiny.message(0, 1);
  tiny.costs.message[m][static_cast<std::size_t>(PathKind::same_leaf)].transfer = 3_s;
  for (const int rank : {0, 1, 2}) tiny.op(rank, Lane::compute, f);
  tiny.send(0, 1, m, {0});
  tiny.send(1, 2, m, {0});
  const Priced c{.program = tiny.program, .costs = tiny.costs, .cluster = tiny_cluster(3, 4)};
  const MeasuredRun run = host_run(c);
  EXPECT_EQ(run.timeline.ranks.size(), 12U);
  test::expect_same(run.timeline, simulate_ideal(c.program, c.costs, c.cluster, {.fold = false}));
}

TEST(HostRun, WaitsForTheHostToLaunch) {
  // The cases above have ops that the host's launches hold back: without launches the step is shorter.
  Priced c = test::model_case({.schedule = "1f1b", .p = 2, .m = 8});
  const double with = host_run(c).step_time().value;
  c.costs = cost_program(c.program, c.cluster, default_profile(c.cluster.gpu));
  EXPECT_LT(host_run(c).step_time().value, with);
}

TEST(HostRun, HoldsTheBytesThatTheMemoryAccountFinds) {
  for (const char* schedule : {"1f1b-i", "zb-h2", "stp"}) {
    for (const bool unfolded : {false, true}) {
      const Priced c = test::model_case({.schedule = schedule, .p = 4, .m = 16});
      const MeasuredRun run = host_run(c, {.unfolded = unfolded});
      const auto peaks = memory_peaks(join_complete(c.program, run.timeline));
      ASSERT_EQ(run.peak.size(), peaks.size());
      for (std::size_t i = 0; i < peaks.size(); ++i) {
        EXPECT_NEAR(run.peak[i].value, peaks[i].bytes.value, 1e-9 * peaks[i].bytes.value);
        EXPECT_GT(peaks[i].by_class[static_cast<std::size_t>(MemoryClass::activations)].value, 0);
      }
    }
  }
}

TEST(HostRun, GivesTheSameBitsEveryTime) {
  const Priced c = test::model_case({.schedule = "stp", .p = 4, .m = 16, .p2p = P2pMode::batched}, 2);
  const auto once = all_times(host_run(c, {.unfolded = true}).timeline);
  for (int n = 0; n < 5; ++n) EXPECT_EQ(all_times(host_run(c, {.unfolded = true}).timeline), once);
  const HostOptions jitter{.jitter = 0.1, .seed = 7};
  EXPECT_EQ(all_times(host_run(c, jitter).timeline), all_times(host_run(c, jitter).timeline));
}

TEST(HostRun, SpreadsItsRepeatsByTheJitter) {
  // 50 repeats of a uniform factor of deviation 0.1: a range of 2 sqrt(3) 0.1 = 0.346, of which the quartiles hold
  // half: p75 - p25 is 0.173 of the median. The mean over some 100 ops strays from it by a few percent; 0.03 is ample.
  const Priced c = test::abstract_case({.schedule = "1f1b", .p = 2, .m = 30});
  const auto run = host_runner({.jitter = 0.1, .seed = 1})
                       ->run({.program = c.program, .costs = c.costs, .cluster = c.cluster, .repeats = 50});
  EXPECT_EQ(run.traced.size(), 50U);
  EXPECT_EQ(run.untraced.size(), 50U);
  EXPECT_NE(run.traced[0], run.traced[1]);
  double width = 0;
  std::size_t ops = 0;
  for (const auto& rank : run.spread) {
    for (const OpSpread& spread : rank[static_cast<std::size_t>(Lane::compute)]) {
      width += (spread.p75 - spread.p25) / spread.median;
      ++ops;
    }
  }
  EXPECT_NEAR(width / static_cast<double>(ops), 0.173, 0.03);
}

TEST(HostRun, SaysWhatItIs) {
  const MeasuredRun run = host_run(test::abstract_case({.schedule = "gpipe", .p = 2, .m = 2}));
  EXPECT_EQ(run.placement, "host");
  EXPECT_EQ(run.timeline.provenance.kind, "simulated");
  EXPECT_EQ(run.timeline.provenance.facts.at("placement"), "host");
  EXPECT_EQ(run.timeline.provenance.facts.at("schedule"), "gpipe");
}

TEST(HostRunErrors, MoreGPUsThanTheClusterHas) {
  Priced c = test::abstract_case({.schedule = "gpipe", .p = 4, .m = 2});
  c.cluster.nodes = 3;
  try {
    host_run(c);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "plan: tp * pp * dp = 4 ranks do not fit on the 3 GPUs of the cluster");
  }
}

TEST(HostRunErrors, NoRepeats) {
  const Priced c = test::abstract_case({.schedule = "gpipe", .p = 2, .m = 2});
  try {
    host_runner()->run({.program = c.program, .costs = c.costs, .cluster = c.cluster, .repeats = 0});
    FAIL();
  } catch (const Error& error) { EXPECT_STREQ(error.what(), "--repeats: is at least 1"); }
}

TEST(HostRunErrors, MoreThreadsThanItStarts) {
  // 2 stages of TP 16, DP 8: 256 GPUs of two threads, one that enqueues and one of the compute lane, are 512; with
  // another stage 768.
  const auto threads_of = [](int stages) -> std::string {
    TinyProgram tiny({.tp = 16, .pp = stages, .dp = 8});
    const auto f = tiny.compute(1);
    for (int rank = 0; rank < stages; ++rank) tiny.op(rank, Lane::compute, f);
    try {
      host_runner({.unfolded = true})
          ->run({.program = tiny.program, .costs = tiny.costs, .cluster = tiny_cluster(64, 8)});
    } catch (const Error& error) { return error.what(); }
    return "";
  };
  EXPECT_EQ(threads_of(2), "");
  EXPECT_EQ(threads_of(3), "host: 384 GPUs need 768 threads, more than 512; play fewer ranks, or folded");
}

}  // namespace
}  // namespace braid
