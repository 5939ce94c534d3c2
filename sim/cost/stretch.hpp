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
  double ctas = 0;                  ///< SMs
  BytesPerSecond memory_traffic{};  ///< while it runs alone
};

/// x such that the op advances at rate 1 / (1 + x) beside the communication (Costs::stretch).
///
/// The mean over the op's kernels, weighted by their times alone, of what slows each, less 1:
/// - a matrix product: what was measured for it while c SMs are held, or waves(tiles, S - c) / waves(tiles, S) * (1 +
///   stretch_interference); times 1 + stretch_traffic u v, with the shares u and v of the memory bandwidth that it and
///   the communication use alone;
/// - fused attention: what was measured, or S / (S - c), its tiles are dealt one by one; times the same;
/// - a memory-bound kernel: 1 + stretch_sms c / S + stretch_memory u v.
/// Linear in the last three parameters, so that they are found by non-negative least squares (calibrate/fit). Forms
/// found on an H100 with copies and NCCL's own kernels beside cuBLASLt and cuDNN (results/0002-h100-units,
/// overlap.csv), for v up to one half.
double stretch_beside(const ComputeCost& compute, const CommLoad& comm, const Gpu& gpu, const Parameters& parameters);

}  // namespace braid
