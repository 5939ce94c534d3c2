// SPDX-License-Identifier: Apache-2.0
// A sweep's values put into its scenario once each, so that a slip is one message and not a row for each point.
#pragma once

#include <vector>

#include "sim/sweep/plan/sweep.hpp"

namespace braid {

/// Faults of the scenario and of swept fields and values, each value looked at alone; of very long axes those near both
/// ends. A swept value's fault is placed in the sweep file.
std::vector<Issue> trial_faults(const Sweep& sweep);

/// Labels of all runs of the scenario, as in Sweep::runs.
std::vector<std::string> run_labels(const Sweep& sweep);

/// Throws Error with every expression that is none.
void check_expressions(const Sweep& sweep);

}  // namespace braid
