// SPDX-License-Identifier: Apache-2.0
// The parts of a scenario file, each read from its table. Bounds of single values are here, fits between parts in
// check.
#pragma once

#include "sim/scenario/fields.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

/// A `schema` other than this one is refused: the meaning of a file does not change under its reader.
inline constexpr int kScenarioSchema = 1;

Model model_of(const toml::table& table, Reading& reading);
Cluster cluster_of(const toml::table& table, Reading& reading);
/// What running the cluster takes: price and power, each with its source.
void read_running_cost(Fields& cluster, Cluster& into, Reading& reading);
Plan plan_of(const toml::table& table, Reading& reading);
StepEnd step_end_of(const toml::table& table, Reading& reading);
Noise noise_of(const toml::table& table, Reading& reading);
Run run_of(const toml::table& table, const std::string& prefix, Reading& reading);

}  // namespace braid
