// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/prediction.hpp"

#include "sim/cost/cost_program.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"

namespace braid {

Prediction predict(const Scenario& scenario, const Run& run, const Profile& profile) {
  Prediction prediction{.program = lower(schedule_of(scenario, run), scenario, run)};
  throw_if_any(check(prediction.program));
  prediction.costs = cost_program(prediction.program, scenario.cluster, profile);
  const Provenance provenance{.kind = "simulated",
                              .facts = {{"scenario", scenario.name},
                                        {"scenario_hash", scenario_hash(scenario)},
                                        {"profile", profile_id(profile)},
                                        {"gpu", scenario.cluster.gpu.name},
                                        {"schedule", label_of(run)},
                                        {"network", "ideal"}}};
  prediction.timeline = play_again(prediction.program, prediction.costs, scenario, provenance);
  return prediction;
}

Timeline play_again(const Program& program, const Costs& costs, const Scenario& scenario, const Provenance& like) {
  Timeline timeline = simulate_ideal(program, costs, scenario.cluster, {.fold = scenario.plan.fold});
  timeline.provenance = like;
  return timeline;
}

}  // namespace braid
