// SPDX-License-Identifier: Apache-2.0
#include "validate/device/replay_ops.hpp"

#include <algorithm>

#include "validate/runner/replay.hpp"

namespace braid::gpu {

ReplayRole role_of(const Program& program, const Op& op) {
  if (program.works[op.work].kind != WorkKind::fixed || op.lane == Lane::compute) return ReplayRole::kernels;
  return is_peer_delay(op) ? ReplayRole::peer_wait : ReplayRole::hold;
}

std::vector<PeerWait> peer_waits(const Program& program, const Costs& costs) {
  const RankProgram& rank = program.ranks.front();
  std::vector<PeerWait> waits;
  std::vector<double> due(rank.ops.size(), 0);
  std::vector<std::optional<std::uint32_t>> place(rank.ops.size());
  for (std::uint32_t k = 0; k < rank.ops.size(); ++k) {
    const Op& op = rank.ops[k];
    if (role_of(program, op) != ReplayRole::peer_wait) continue;
    double start = 0;
    std::optional<std::uint32_t> after;
    for (const std::uint32_t dep : rank.deps_of(op)) {
      if (!place[dep] || due[dep] < start) continue;
      start = due[dep], after = place[dep];
    }
    due[k] = start + costs.duration[op.work].value;
    place[k] = static_cast<std::uint32_t>(waits.size());
    waits.push_back({.op = k, .start_s = start, .due_s = due[k], .after = after});
  }
  return waits;
}

}  // namespace braid::gpu
