// SPDX-License-Identifier: Apache-2.0
// One schedule of a scenario on a placement: predicted, run, and what both are compared by.
#pragma once

#include "sim/cost/profile.hpp"
#include "validate/prediction/prediction.hpp"
#include "validate/run_command.hpp"
#include "validate/runner/measured_run.hpp"

namespace braid {

struct PlacedRun {
  Prediction prediction;  ///< of what ran: a replay is a program of one rank; costs as --calibrate-works measured them
  MeasuredRun measured;
  std::string works_csv;  ///< --calibrate-works: what they took; else empty
};

/// Placements that have no GPU here throw NoGpu, runs that do not end RunFailed.
PlacedRun run_placed(const RunOptions& options, const Scenario& scenario, const Run& run, const Profile& profile);

/// The pipeline rank of a replay; nothing for other placements.
std::optional<int> replayed_rank(const RunOptions& options);

/// What a rank may hold on the placement: on the host that of the scenario's GPU.
Bytes memory_of_rank(const RunOptions& options, const Scenario& scenario);

/// Options of a placement that it does not have, or that make no sense. Empty if there are none. Throws Error for a
/// fault that is none.
std::vector<Issue> check(const RunOptions& options);

}  // namespace braid
