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
/// - a matrix product: waves(tiles, S - c) / waves(tiles, S) * (1 + stretch_interference), or more if memory is short;
/// - fused attention: S / (S - c), its tiles are dealt one by one, or more if memory is short;
/// - a memory-bound kernel: (u + v) / e with its share u of memory bandwidth, the communication's v and the reachable
///   share e (weighted by stretch_memory), at most S / (S - c): whoever has more SMs gets more of the bandwidth.
/// Forms found on an H100 with NCCL's own kernels beside cuBLASLt and cuDNN (tests/data/h100-units).
double stretch_beside(const ComputeCost& compute, const CommLoad& comm, const Gpu& gpu, const Parameters& parameters);

}  // namespace braid
