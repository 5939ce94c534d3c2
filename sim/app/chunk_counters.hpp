// SPDX-License-Identifier: Apache-2.0
// Memory of a schedule played at abstract costs, counted in activations of a chunk: there are no bytes.
#pragma once

#include "sim/app/abstract_play.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// Adds to each rank of the run of this play: activations kept for I (an F takes one as its cell starts, an I or B
/// gives it back as its cell ends), what a W alone still holds (from the end of its I to its own end), and their sum.
/// Their highest values are the `inclusive` and, of the sum, the `until_w` of peak_activations().
void add_chunk_counters(RunColumns& run, const Schedule& schedule, const AbstractPlay& play);

}  // namespace braid
