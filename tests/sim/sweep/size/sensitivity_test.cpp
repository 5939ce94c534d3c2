// SPDX-License-Identifier: Apache-2.0
// Every knob moves the result, and to the side that it should.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cost/compute.hpp"
#include "sim/model/work.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/sweep/plan/expand.hpp"
#include "tests/sim/sweep/size/small_request.hpp"

namespace braid {
namespace {

struct Case {
  Scenario scenario;
  Run run;
  Profile profile;
};

/// TP 4, PP 2, DP 2 over two nodes of 8, so that nodes share gradients: every link and lane is used.
Case small_case(const std::string& profile) {
  SizeRequest request = small_request();
  request.profile = profile;
  request.schedules = {"1f1b"};
  const SizeTask task = decide(request, kScenarios);
  Sweep sweep = size_sweep(task, task.offers[0]);
  for (const std::int64_t point : expand(sweep).points) {
    Scenario s = scenario_at(sweep, choice_of(sweep, point));
    if (s.plan.tp != 4 || s.plan.pp != 2 || s.plan.microbatch_size != 1) continue;
    s.plan.microbatches = 8;
    s.network = NetworkKind::ideal;
    return {.scenario = s, .run = s.runs[0], .profile = profile_of(s.profile, s.cluster.gpu)};
  }
  ADD_FAILURE() << "there is such a plan";
  return {};
}

TEST(SpeedUpGpu, ScalesEveryComputeOpAndNothingElse) {
  // Twice the speed is half the time of all kernels: peaks double, overheads and measured points halve.
  for (const char* profile : {"", "rules"}) {
    const Case slow = small_case(profile);
    Case fast = slow;
    speed_up_gpu(fast.scenario, fast.profile, 2);
    const Program program = lower(schedule_of(slow.scenario, slow.run), slow.scenario, slow.run);
    int computes = 0;
    for (const WorkItem& work : program.works) {
      if (work.kind != WorkKind::compute) continue;
      const double before = compute_cost(work, slow.scenario.cluster.gpu, slow.profile).duration.value;
      const double after = compute_cost(work, fast.scenario.cluster.gpu, fast.profile).duration.value;
      EXPECT_NEAR(after, before / 2, 1e-12 * before);
      ++computes;
    }
    EXPECT_GT(computes, 5);
    EXPECT_EQ(fast.scenario.cluster.intra_bandwidth, slow.scenario.cluster.intra_bandwidth);
  }
}

TEST(Sensitivity, EveryKnobMovesTheResultToItsSide) {
  const Case c = small_case("");
  Screener screener;
  const std::vector<Swing> swings = sensitivity(c.scenario, c.run, c.profile, screener);
  ASSERT_EQ(swings.size(), knobs().size());
  for (const Swing& swing : swings) {
    ASSERT_TRUE(swing.low && swing.high) << swing.what;
    EXPECT_LT(*swing.low, 1 - 1e-6) << swing.what;
    EXPECT_GT(*swing.high, 1 + 1e-6) << swing.what;
  }
}

TEST(Sensitivity, AFactorOfOneChangesNothing) {
  const Case c = small_case("");
  Screener screener;
  const RunReport report = screener.screen(c.scenario, c.run, c.profile);
  for (const Knob& knob : knobs()) {
    const auto speed = turned_speed(c.scenario, c.run, c.profile, knob, 1, screener);
    EXPECT_DOUBLE_EQ(speed.value(), report.tokens_per_s_per_gpu * report.gpus) << knob.what;
  }
}

TEST(Sensitivity, GpusAreWorthAtMostTheirShare) {
  // The step is computing and waiting: GPUs 10 % slower cost at most 10 % of the speed, 10 % faster win at most 10 %.
  const Case c = small_case("");
  Screener screener;
  for (const Swing& swing : sensitivity(c.scenario, c.run, c.profile, screener)) {
    if (swing.what != "speed of GPUs") continue;
    EXPECT_GE(swing.low.value(), 0.9 - 1e-9);
    EXPECT_LE(swing.high.value(), 1.1 + 1e-9);
  }
}

TEST(Sensitivity, WhatCannotBeIsNotThere) {
  Case c = small_case("");
  c.scenario.plan.microbatches = 7;  // has no half
  Screener screener;
  for (const Knob& knob : knobs()) {
    if (std::string(knob.what) != "microbatches a step") continue;
    EXPECT_FALSE(turned_speed(c.scenario, c.run, c.profile, knob, 0.5, screener));
    EXPECT_TRUE(turned_speed(c.scenario, c.run, c.profile, knob, 2, screener));
  }
}

}  // namespace
}  // namespace braid
