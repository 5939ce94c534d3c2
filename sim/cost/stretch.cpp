// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/stretch.hpp"

#include <algorithm>

#include "sim/cost/gemm.hpp"

namespace braid {
namespace {

double slowed(const KernelCost& kernel, const CommLoad& comm, const Gpu& gpu, const Parameters& p) {
  double factor = 1;
  if (kernel.tiles > 0) {
    const double left = std::max(1.0, gpu.sms - comm.ctas);
    factor = waves(kernel.tiles, left) / waves(kernel.tiles, gpu.sms) * (1 + p.stretch_interference);
  }
  const double used = kernel.traffic / kernel.time / gpu.memory_bandwidth;
  const double taken = comm.memory_traffic / gpu.memory_bandwidth;
  const double over = (used + taken) / p.memory_efficiency - 1;
  // A kernel that waits for memory is slowed by whichever of the two is scarcer.
  return std::max(factor, 1 + p.stretch_memory * std::max(0.0, over));
}

}  // namespace

double stretch_beside(const ComputeCost& compute, const CommLoad& comm, const Gpu& gpu, const Parameters& p) {
  if (!(comm.ctas > 0) || !(compute.duration.value > 0)) return 0;
  double slow = 0;
  for (const KernelCost& kernel : compute.kernels) {
    if (kernel.time.value > 0) slow += kernel.time / compute.duration * slowed(kernel, comm, gpu, p);
  }
  return std::max(0.0, slow - 1);
}

}  // namespace braid
