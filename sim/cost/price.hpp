// SPDX-License-Identifier: Apache-2.0
// How each work of a program got its price, in words: which rule, measured point or data-sheet figure it was. Whoever
// reads a timeline asks it of one op; nothing is computed from it, so cost_program() leaves it out.
#pragma once

#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// One entry for each of program.works, of costs that cost_program() made of the same cluster and profile. A compute
/// work has a part for each kernel, with its own time and what decided it; a message is priced for the slowest path
/// that its messages take in the first replica.
std::vector<Price> prices_of(const Program& program, const Cluster& cluster, const Profile& profile,
                             const Costs& costs);

/// What messages cost that take a faster path than the slowest one of their work; `prices` are those of prices_of().
PathPrices path_prices_of(const Program& program, const Cluster& cluster, const Costs& costs,
                          const std::vector<Price>& prices);

}  // namespace braid
