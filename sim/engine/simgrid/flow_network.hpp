// SPDX-License-Identifier: Apache-2.0
// SimGrid's side of a play: starts the flows that the event core asks for, and tells it when they have ended.
//
// The event core runs ahead as far as SimGrid's next completion allows; SimGrid's own clock stops only to start flows
// and when flows end. Links have no latency (the core has paid it: SimGrid would share by latency), so concurrent
// flows share a link in equal parts, bounded by their other links (CM02, no TCP window, no cross traffic).
#pragma once

#include <cstdint>

#include "sim/engine/core/event_core.hpp"
#include "sim/engine/simgrid/flow_plan.hpp"

namespace braid {

/// Plays the core to its end. `longest` is the longest transfer in seconds of any flow: it sets the scale of volumes.
/// Returns the number of flows. Only once in a process.
std::uint64_t play_with_simgrid(EventCore& core, const FlowPlan& plan, double longest);

}  // namespace braid
