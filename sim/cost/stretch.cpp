// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/stretch.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/cost/gemm.hpp"

namespace braid {
namespace {

/// Between measured numbers of SMs in proportion (from 1 at none); beyond the last, as SMs are lost on from there.
double looked_up(const HeldSlowdown& held, double sms, double all) {
  const auto above = held.lower_bound(sms);
  if (above != held.end() && above->first == sms) return above->second;
  std::pair<double, double> below(0, 1);
  if (above != held.begin()) below = *std::prev(above);
  const auto [low, at_low] = below;
  if (above == held.end()) return at_low * std::max(1.0, all - low) / std::max(1.0, all - sms);
  return at_low + (above->second - at_low) * (sms - low) / (above->first - low);
}

double slowed(const KernelCost& kernel, const CommLoad& comm, const Gpu& gpu, const Parameters& p) {
  const double left = std::max(1.0, gpu.sms - comm.ctas);
  const double used = kernel.traffic / kernel.time / gpu.memory_bandwidth;
  const double taken = comm.memory_traffic / gpu.memory_bandwidth;
  switch (kernel.kind) {
    case KernelKind::gemm:
    case KernelKind::attention: {
      double held = gpu.sms / left;
      if (kernel.kind == KernelKind::gemm)
        held = waves(kernel.tiles, left) / waves(kernel.tiles, gpu.sms) * (1 + p.stretch_interference);
      if (!kernel.held.empty()) held = looked_up(kernel.held, comm.ctas, gpu.sms);
      return held * (1 + p.stretch_traffic * used * taken);
    }
    case KernelKind::memory:
      return 1 + p.stretch_sms * comm.ctas / gpu.sms + p.stretch_memory * used * taken;
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
