// SPDX-License-Identifier: Apache-2.0
#include "validate/prediction/prediction.hpp"

#include <fmt/format.h>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/price.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "validate/runner/replay.hpp"

namespace braid {
namespace {

void play(Prediction& prediction, const Scenario& scenario, const Provenance& provenance) {
  prediction.timeline =
      simulate_ideal(prediction.program, prediction.costs, scenario.cluster, {.fold = scenario.plan.fold});
  prediction.timeline.provenance = provenance;
}

}  // namespace

Prediction predict(const Scenario& scenario, const Run& run, const Profile& profile, std::optional<int> rank) {
  if (rank && (*rank < 0 || *rank >= scenario.plan.pp)) {
    throw Error("rank", fmt::format("the plan has pipeline ranks 0 to {}, not {}", scenario.plan.pp - 1, *rank));
  }
  Prediction prediction{.program = lower(schedule_of(scenario, run), scenario, run)};
  throw_if_any(check(prediction.program));
  prediction.costs = cost_program(prediction.program, scenario.cluster, profile);
  prediction.costs.prices = prices_of(prediction.program, scenario.cluster, profile, prediction.costs);
  prediction.costs.path_prices =
      path_prices_of(prediction.program, scenario.cluster, prediction.costs, prediction.costs.prices);
  const Provenance provenance{.kind = "simulated",
                              .facts = {{"scenario", scenario.name},
                                        {"scenario_hash", scenario_hash(scenario)},
                                        {"profile", profile_id(profile)},
                                        {"gpu", scenario.cluster.gpu.name},
                                        {"schedule", label_of(run)},
                                        {"network", "ideal"}}};
  play(prediction, scenario, provenance);
  if (!rank) return prediction;
  Replay alone = replay_of(prediction.program, prediction.costs, scenario.cluster, prediction.timeline, *rank);
  prediction.program = std::move(alone.program);
  prediction.costs = std::move(alone.costs);
  play(prediction, scenario, provenance);
  return prediction;
}

Prediction with_works(Prediction prediction, const MeasuredWorks& works, const Scenario& scenario) {
  prediction.costs = measured_costs(prediction.program, std::move(prediction.costs), works);
  Provenance provenance = prediction.timeline.provenance;
  provenance.facts["profile"] = "works measured on the placement";
  play(prediction, scenario, provenance);
  return prediction;
}

}  // namespace braid
