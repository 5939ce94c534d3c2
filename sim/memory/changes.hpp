// SPDX-License-Identifier: Apache-2.0
// What each op of a rank takes and gives back, in order of time: what every account of memory sums up.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/memory/memory.hpp"

namespace braid {

struct MemoryChange {
  /// Order of changes at one instant.
  enum class Phase { frees, takes, frees_at_once };
  double time = 0;
  Phase phase = Phase::frees;
  double bytes = 0;     ///< of all classes
  double deferred = 0;  ///< of what a W alone still holds; the rest is activations kept for I
};

/// By op, what its end changes in the bytes that a W alone still holds: an I leaves behind what its W will release, the
/// W releases it. The two are joined by microbatch, chunk, layer and unit. Nothing where the W ends first, and none for
/// the embedding, which has no I.
std::vector<double> deferred_at_end(const Played& played, std::size_t rank);

/// In order. `deferred` as above, or empty: nothing is told of it.
std::vector<MemoryChange> memory_changes(const Played& played, std::size_t rank, PeakConvention convention,
                                         const std::vector<double>& deferred = {});

}  // namespace braid
