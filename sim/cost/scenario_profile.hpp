// SPDX-License-Identifier: Apache-2.0
// The profile that a scenario asks for: its file or the rules of its GPU, with the parameters that it changes.
#pragma once

#include "sim/cost/profile.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid {

/// Throws Error as read_profile() does, and for a parameter that is unknown or out of its bounds, naming where the
/// scenario says so.
Profile profile_of(const Scenario& scenario);
/// The same over a profile that was read before.
Profile changed_by(const Scenario& scenario, Profile profile);

}  // namespace braid
