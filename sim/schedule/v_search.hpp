// SPDX-License-Identifier: Apache-2.0
// What the searched schedules on a V share: which policies they try.
#pragma once

#include <functional>
#include <optional>

#include "sim/schedule/best_of.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/list_schedule.hpp"

namespace braid {

/// Offers `pattern`, repeated for all microbatches, as it is and squeezed in many ways.
///
/// Warm-up and drain do not depend on m, so the ways are tried on a short run and only the best ones on the whole.
void offer_squeezed(const ListProblem& problem, const std::function<PassOrder(int microbatches)>& pattern,
                    BestOf& best);

/// Offers what the greedy scheduler makes of the problem under every order of priorities.
void offer_greedy(const ListProblem& problem, BestOf& best);

/// The request at unit costs, if it is not there already: that plan is always worth a look, and a search with other
/// costs is then never worse than one without.
std::optional<ScheduleRequest> at_unit_costs(const ScheduleRequest& request);

}  // namespace braid
