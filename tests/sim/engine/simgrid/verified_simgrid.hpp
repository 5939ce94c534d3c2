// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/engine/simgrid/simulate_simgrid.hpp"
#include "tests/sim/engine/verified.hpp"

namespace braid {

inline Timeline play_simgrid(const Program& program, const Costs& costs, const Cluster& cluster,
                             const EngineOptions& options = {}) {
  return verified(simulate_simgrid, program, costs, cluster, options);
}

}  // namespace braid
