// SPDX-License-Identifier: Apache-2.0
// What communication on the same GPU costs the compute beside it: SMs taken away, and memory bandwidth shared.
//
// A communication kernel of c CTAs takes c SMs while it runs (its CTA and that of a matrix product do not fit one SM
// together). Not modelled: the communication's own slow-down, its wait for a running wave to end, clocks.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/cost/compute.hpp"
#include "sim/cost/cost_parameters.hpp"

namespace braid {

/// What a running communication takes from the GPU.
struct CommLoad {
  double ctas = 0;                ///< SMs
  BytesPerSecond memory_traffic{};  ///< while it runs alone
};

/// x such that the op advances at rate 1 / (1 + x) beside the communication (Costs::stretch).
///
/// Over the op's kernels, weighted by their times alone: waves(tiles, S - c) / waves(tiles, S), times
/// 1 + stretch_interference, for those that are dealt to SMs; and 1 + stretch_memory * ((u + v) / e - 1) for those
/// whose share u of memory bandwidth and the communication's v exceed the reachable share e together.
double stretch_beside(const ComputeCost& compute, const CommLoad& comm, const Gpu& gpu, const Parameters& parameters);

}  // namespace braid
