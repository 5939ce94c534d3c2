// SPDX-License-Identifier: Apache-2.0
// Plays a Program with SimGrid sharing the links between GPUs.
#pragma once

#include "sim/engine/core/simulate.hpp"

namespace braid {

/// As simulate_ideal, but transfers that others can hamper are flows of SimGrid on the links of the cluster, which
/// they share max-min fairly; Timeline::flows counts them. Alone, a flow takes its closed form.
///
/// SimGrid runs in a child process, for its clock outlives its engine; the call blocks until it has ended. Throws
/// Error as simulate_ideal does, and if the child process fails.
Timeline simulate_simgrid(const Program& program, const Costs& costs, const Cluster& cluster,
                          const EngineOptions& options = {});

}  // namespace braid
