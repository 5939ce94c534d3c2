// SPDX-License-Identifier: Apache-2.0
// Building blocks on a V, repeated every 6 units of time: the idea of "Pipeline Parallelism with Controllable Memory"
// (Qi et al., arXiv 2405.15362). The passes of one microbatch get fixed places; the next microbatch repeats them 6
// units later; how long the passes of a rank lie apart decides how many activations it holds.
#pragma once

#include "sim/schedule/list_schedule.hpp"

namespace braid {

/// How many units later the next rank on the way runs the same pass: F of the near chunk, F of the far chunk, then the
/// gradients on the way back.
struct PatternSteps {
  int forward_near = 1;
  int forward_far = 1;
  int gradient_far = 1;
  int gradient_near = 1;
};

/// The order that the pattern gives each rank, F, I and W of one unit each. The turns of the way are delayed by the
/// fewest units that keep every rank's six passes in six different slots.
PassOrder repeated_pattern(int ranks, int microbatches, const PatternSteps& steps);

/// The order for F of one unit and B of two, each pass in the first slots that are free on its rank.
PassOrder repeated_pattern_of_full_backwards(int ranks, int microbatches);

}  // namespace braid
