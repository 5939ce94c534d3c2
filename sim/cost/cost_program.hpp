// SPDX-License-Identifier: Apache-2.0
// Puts a price on every class of work of a Program: the one entry of this module that the engine's callers need.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// One entry for each of program.works. Collectives are priced for the groups that program.placement makes on the
/// cluster (the worst shape if they differ), alone on their links. Notes say what lies outside the calibration and
/// what was not modelled. Throws Error("cluster...", ...) if the program needs a link that the cluster does not have.
Costs cost_program(const Program& program, const Cluster& cluster, const Profile& profile);
/// The same of a program that does not show its ops: `ops` says by work how many there are in all.
Costs cost_program(const Program& program, const std::vector<double>& ops, const Cluster& cluster,
                   const Profile& profile);

}  // namespace braid
