// SPDX-License-Identifier: Apache-2.0
#include "sim/program/resident.hpp"

#include <algorithm>
#include <numeric>

namespace braid {

bool one_matrix(const Scenario& scenario, std::span<const StageLayers> of_rank) {
  const auto holds = [&](bool StageLayers::*end) {
    return std::any_of(of_rank.begin(), of_rank.end(), [&](const StageLayers& stage) { return stage.*end; });
  };
  return scenario.model.tied_embeddings && holds(&StageLayers::has_embedding) && holds(&StageLayers::has_head);
}

std::vector<double> parameters_by_layer(const Scenario& scenario, const StageLayers& stage, bool one_matrix) {
  const auto of = [&](Unit unit) { return unit_parameters(scenario.model, unit, scenario.split()); };
  const double layer = of(Unit::pre_attn) + of(Unit::attn) + of(Unit::pre_mlp) + of(Unit::mlp);
  std::vector<double> parameters(static_cast<std::size_t>(stage.count + 2), layer);
  parameters.front() = stage.has_embedding ? of(Unit::embedding) : 0;
  parameters.back() = stage.has_head ? of(Unit::final_norm) + (one_matrix ? 0 : of(Unit::head)) : 0;
  return parameters;
}

std::array<Bytes, kMemoryClasses> resident_bytes(const Scenario& scenario, std::span<const StageLayers> of_rank) {
  const bool one = one_matrix(scenario, of_rank);
  double parameters = 0;
  for (const StageLayers& stage : of_rank) {
    const std::vector<double> all = parameters_by_layer(scenario, stage, one);
    parameters += std::accumulate(all.begin(), all.end(), 0.0);
  }
  const StepEnd& end = scenario.step_end;
  const double shards = end.data_parallel == DataParallel::zero1 ? scenario.plan.dp : 1;
  std::array<Bytes, kMemoryClasses> resident{};
  resident[static_cast<std::size_t>(MemoryClass::parameters)] = Bytes(parameters * scenario.model.element_bytes);
  resident[static_cast<std::size_t>(MemoryClass::gradients)] = Bytes(parameters * end.gradient_bytes);
  resident[static_cast<std::size_t>(MemoryClass::optimizer)] = Bytes(parameters * end.optimizer_bytes / shards);
  return resident;
}

}  // namespace braid
