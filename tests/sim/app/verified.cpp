// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/app/verified.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/scenario_profile.hpp"
#include "sim/engine/simgrid/simulate_simgrid.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/bubbles.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/verify.hpp"

namespace braid::test {
namespace {

void expect_verified(const Program& program, const Timeline& timeline) {
  for (const Issue& issue : verify(program, timeline)) ADD_FAILURE() << issue.where << ": " << issue.what;
}

}  // namespace

AbstractPlay verified_play(const Schedule& schedule, const CellCosts& costs, P2pMode mode) {
  AbstractPlay play = play_abstract(schedule, costs, mode);
  expect_verified(lower_cells(schedule, costs, mode), play.timeline);
  return play;
}

PlayedRun verified_play(const Scenario& scenario, const Run& run) {
  PlayedRun played = play(scenario, run, profile_of(scenario));
  expect_verified(played.program, played.timeline);
  return played;
}

PlayedRun verified_play(const Scenario& scenario, const Run& run, NetworkKind network, const EngineOptions& options) {
  PlayedRun played{.program = lower(schedule_of(scenario, run), scenario, run)};
  played.costs = cost_program(played.program, scenario.cluster, profile_of(scenario));
  played.timeline = network == NetworkKind::ideal
                        ? simulate_ideal(played.program, played.costs, scenario.cluster, options)
                        : simulate_simgrid(played.program, played.costs, scenario.cluster, options);
  expect_verified(played.program, played.timeline);
  played.report = report_run(played.program, played.timeline,
                             {.label = label_of(run), .gpu = scenario.cluster.gpu, .launches = played.costs.launches});
  return played;
}

int expect_every_second_accounted_for(const PlayedRun& played) {
  const double step = played.timeline.step_time.value;
  const double tolerance = 1e-9 * step;
  int droppable = 0;
  for (const RankTime& rank : account(join_complete(played.program, played.timeline), played.costs.launches)) {
    SCOPED_TRACE("rank " + std::to_string(rank.rank));
    double sum = rank.busy.value + rank.stretch.value;
    for (const Seconds idle : rank.idle) {
      EXPECT_GE(idle.value, 0);
      sum += idle.value;
    }
    EXPECT_NEAR(sum, step, tolerance);
    for (const Seconds idle : rank.idle) {
      if (idle.value <= tolerance) continue;
      EXPECT_GT(std::abs(sum - idle.value - step), tolerance);
      ++droppable;
    }
  }
  return droppable;
}

}  // namespace braid::test
