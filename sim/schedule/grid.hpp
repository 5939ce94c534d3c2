// SPDX-License-Identifier: Apache-2.0
// A schedule as the papers draw it: one column a unit of time, one row a rank.
#pragma once

#include <string>
#include <vector>

#include "sim/schedule/schedule.hpp"

namespace braid {

/// CSV: a header "rank,0,1,...", then a row a rank; a slot reads "<F|B|W><chunk>.<microbatch>", counted from 1 for
/// microbatches, and is empty where the rank idles. F, I and W fill one slot, B two; I reads B; the actions of a braid
/// stand one behind the other. `start` is [rank][turn] in whole slots (see unit_times, or an engine's own).
/// Throws Error("grid", ...) if cells overlap: the times are then not those of unit costs.
std::string slot_grid(const Schedule& schedule, const std::vector<std::vector<int>>& start);

}  // namespace braid
