// SPDX-License-Identifier: Apache-2.0
// Turns the times of a play into the Timeline that everybody else reads.
#pragma once

#include <cstdint>

#include "sim/engine/core/play_memory.hpp"
#include "sim/engine/core/replicas.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

/// Ranks in the order of their numbers: the pipeline rank if folded, else the GPU. Empties `memory` on the way.
Timeline play_timeline(const Program& program, const Replicas& replicas, PlayMemory& memory, std::uint64_t flows);

}  // namespace braid
