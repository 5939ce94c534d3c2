// SPDX-License-Identifier: Apache-2.0
#include "validate/device/replay_ops.hpp"

#include <algorithm>

namespace braid::gpu {

ReplayRole role_of(const Program& program, const Op& op) {
  if (program.works[op.work].kind != WorkKind::fixed || op.lane == Lane::compute) return ReplayRole::kernels;
  return op.lane == Lane::host ? ReplayRole::peer_wait : ReplayRole::hold;
}

std::vector<PeerWait> peer_waits(const Program& program, const Costs& costs, std::size_t rank) {
  const RankProgram& ops = program.ranks[rank];
  std::vector<PeerWait> waits;
  std::vector<double> due(ops.ops.size(), 0);
  for (std::uint32_t k = 0; k < ops.ops.size(); ++k) {
    const Op& op = ops.ops[k];
    if (role_of(program, op) != ReplayRole::peer_wait) continue;
    double start = waits.empty() || op.lane == Lane::pp ? 0 : waits.back().due_s;
    for (const std::uint32_t dep : ops.deps_of(op)) start = std::max(start, due[dep]);
    due[k] = start + costs.duration[op.work].value;
    waits.push_back({.op = k, .start_s = start, .due_s = due[k]});
  }
  return waits;
}

}  // namespace braid::gpu
