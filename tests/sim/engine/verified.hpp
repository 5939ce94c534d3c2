// SPDX-License-Identifier: Apache-2.0
// Plays that are held against their program by verify(), which shares no code with the engine.
#pragma once

#include <gtest/gtest.h>

#include "sim/engine/core/simulate.hpp"
#include "sim/report/verify.hpp"

namespace braid {

using Simulate = Timeline (*)(const Program&, const Costs&, const Cluster&, const EngineOptions&);

inline Timeline verified(Simulate simulate, const Program& program, const Costs& costs, const Cluster& cluster,
                         const EngineOptions& options) {
  Timeline timeline = simulate(program, costs, cluster, options);
  for (const Issue& issue : verify(program, timeline)) ADD_FAILURE() << issue.where << ": " << issue.what;
  return timeline;
}

inline Timeline play_ideal(const Program& program, const Costs& costs, const Cluster& cluster,
                           const EngineOptions& options = {}) {
  return verified(simulate_ideal, program, costs, cluster, options);
}

}  // namespace braid
