// SPDX-License-Identifier: Apache-2.0
// Takes the bubbles out of the warm-up and drain of a repeated pattern: passes that are ready overtake those that wait.
#pragma once

#include <optional>

#include "sim/schedule/list_schedule.hpp"

namespace braid {

/// Where overtaking is allowed. In the steady state the pattern is tight, and overtaking would only break it.
struct SqueezePolicy {
  int first_passes = 0;  ///< of a rank
  int last_passes = 0;
  /// A near F may overtake only if so many far chunks still find room beside it; `per_rank` adds that times the rank.
  int room_for_far = 0;
  int room_per_rank = 0;
};

/// Plays `order`, a rank taking the first pass in its order that is ready if it may overtake those before it, else
/// waiting. An F overtakes only where memory then still suffices for all it overtakes. Empty if ranks lock up.
std::optional<PassOrder> squeezed(const ListProblem& problem, const PassOrder& order, const SqueezePolicy& policy);

}  // namespace braid
