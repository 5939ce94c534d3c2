// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/stretch.hpp"

#include <algorithm>

#include "sim/cost/gemm.hpp"

namespace braid {
namespace {

double slowed(const KernelCost& kernel, const CommLoad& comm, const Gpu& gpu, const Parameters& p) {
  const double left = std::max(1.0, gpu.sms - comm.ctas);
  const double fewer = gpu.sms / left;
  const double used = kernel.traffic / kernel.time / gpu.memory_bandwidth;
  const double taken = comm.memory_traffic / gpu.memory_bandwidth;
  const double crowded = 1 + p.stretch_memory * std::max(0.0, (used + taken) / p.memory_efficiency - 1);
  switch (kernel.kind) {
    case KernelKind::gemm:
      return std::max(crowded, waves(kernel.tiles, left) / waves(kernel.tiles, gpu.sms) * (1 + p.stretch_interference));
    case KernelKind::attention:
      return std::max(crowded, fewer);
    case KernelKind::memory:
      return std::min(crowded, fewer);
    case KernelKind::fixed:
      break;
  }
  return 1;
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
