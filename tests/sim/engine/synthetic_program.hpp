// SPDX-License-Identifier: Apache-2.0
// A program of any size without a model: 1F1B over layers of compute and all-reduces, so that tests and benchmarks of
// the engine need neither scenario nor lowering. Durations are random but fixed by the seed.
//
// A forward layer is two blocks of compute then all-reduce; a backward layer two of input gradient, all-reduce, and a
// weight gradient that runs beside the all-reduce. After the last microbatch a gradient all-reduce per layer on the
// dp lane, then the optimizer.
#pragma once

#include <cstdint>

#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"

namespace braid {

struct SyntheticShape {
  Placement placement;
  P2pMode p2p = P2pMode::eager;
  int microbatches = 8;
  int layers = 2;        ///< of each pipeline rank
  double stretch = 0.2;  ///< of compute beside any communication
  std::uint64_t seed = 1;
};

struct Synthetic {
  Program program;
  Costs costs;
};
Synthetic synthetic_program(const SyntheticShape& shape);

}  // namespace braid
