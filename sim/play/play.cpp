// SPDX-License-Identifier: Apache-2.0
#include "sim/play/play.hpp"

#include <chrono>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/price.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/engine/simgrid/simulate_simgrid.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/metrics.hpp"

namespace braid {

Timeline simulate(const Program& program, const Costs& costs, const Scenario& scenario) {
  EngineOptions options{.fold = scenario.plan.fold, .seed = scenario.noise.seed, .jitter = scenario.noise.jitter};
  if (!scenario.noise.slow_ranks.empty()) {
    options.slowdown.assign(static_cast<std::size_t>(scenario.placement().ranks()), 1.0);
    for (const auto& [rank, factor] : scenario.noise.slow_ranks) {
      options.slowdown[static_cast<std::size_t>(rank)] = factor;
    }
  }
  return scenario.network == NetworkKind::ideal ? simulate_ideal(program, costs, scenario.cluster, options)
                                                : simulate_simgrid(program, costs, scenario.cluster, options);
}

std::vector<Issue> check_runs(const Scenario& scenario, const std::vector<Run>& runs) {
  std::vector<Issue> issues;
  for (const Run& run : runs) {
    try {
      lower(schedule_of(scenario, run), scenario, run);
    } catch (const Error& error) { issues.push_back({.where = "", .what = error.what()}); }
  }
  return issues;
}

PlayedRun play(const Scenario& scenario, const Run& run, const Profile& profile) {
  const auto started = std::chrono::steady_clock::now();
  PlayedRun played{.program = lower(schedule_of(scenario, run), scenario, run)};
  played.costs = cost_program(played.program, scenario.cluster, profile);
  played.costs.prices = prices_of(played.program, scenario.cluster, profile, played.costs);
  played.costs.path_prices = path_prices_of(played.program, scenario.cluster, played.costs, played.costs.prices);
  played.timeline = simulate(played.program, played.costs, scenario);
  played.timeline.provenance = {.kind = "simulated",
                                .facts = {{"scenario", scenario.name},
                                          {"scenario_hash", scenario_hash(scenario)},
                                          {"profile", profile_id(profile)},
                                          {"gpu", scenario.cluster.gpu.name},
                                          {"schedule", label_of(run)},
                                          {"network", scenario.network == NetworkKind::ideal ? "ideal" : "simgrid"},
                                          {"seed", std::to_string(scenario.noise.seed)},
                                          {"braid", BRAID_VERSION}}};
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
  played.report = report_run(played.program, played.timeline,
                             {.label = label_of(run),
                              .gpu = scenario.cluster.gpu,
                              .launches = played.costs.launches,
                              .notes = played.costs.notes,
                              .wall_s = wall.count()});
  return played;
}

}  // namespace braid
