// SPDX-License-Identifier: Apache-2.0
// Runs made up for tests and benchmarks of the window, of any size, with every kind of row and column.
#pragma once

#include "sim/timeline/run_file.hpp"

namespace braid {

struct MadeRun {
  int pp = 4;
  int tp = 1;
  int microbatches = 8;
  int layers = 2;  ///< of a rank: four units each, forward and backward
  int steps = 1;   ///< one after the other
  bool counters = true;
  bool dependences = true;
};

/// A step is 1F1B in order, not in timing: units take 40 to 160 us by a fixed random sequence, collectives follow attn
/// and mlp and leave an idle piece, messages lie on pp, warm-up and drain are idle. Passes check(). A rank has rows
/// passes, compute, tp, pp; a step has microbatches x layers x 2 x (4 + 2 + 2) spans a rank and a few more.
RunColumns made_run(const MadeRun& wanted);

}  // namespace braid
