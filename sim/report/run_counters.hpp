// SPDX-License-Identifier: Apache-2.0
// Counters of a run file: memory of each rank by class, what its SMs do, and how full the links of the cluster are.
//
// Rows and their points go to the end of the run, rank by rank, those of the cluster last. A row that would say nothing
// (a class that holds no bytes, links that nothing crosses, SMs of a run whose costs are not known) is left out.
#pragma once

#include "sim/cost/costs.hpp"
#include "sim/memory/played.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

struct CounterSources {
  const Cluster* cluster = nullptr;  ///< none: neither links nor SMs
  const Costs* costs = nullptr;      ///< of a simulated run; none: whole spans of communication move bytes, no SMs
  std::size_t most_points = 16384;   ///< of a counter; peaks are kept
};

/// Ranks are joined by their number. Needs every op (join_complete).
///
/// SMs of a rank: communication holds Costs::sms_held of each collective and message under way, at most all; while an
/// op computes it has those that are left, also where its last wave would not fill them.
void add_counters(RunColumns& run, const Played& played, const CounterSources& sources);

/// Adds a row over these instants to a run; a value that equals the one before it adds no point. Times in seconds.
void add_counter_row(RunColumns& run, RunRow row, std::string_view name, std::span<const double> time,
                     std::span<const double> value);

}  // namespace braid
