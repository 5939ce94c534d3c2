// SPDX-License-Identifier: Apache-2.0
// A Program played on the ideal network in one column that stands for all of them, even where their messages take
// different paths: then on the slowest of these.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

/// As simulate_ideal() where that folds. Throws Error if the placement needs more GPUs than the cluster has.
Timeline play_folded(const Program& program, const Costs& costs, const Cluster& cluster);

}  // namespace braid
