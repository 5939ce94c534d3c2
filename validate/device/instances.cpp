// SPDX-License-Identifier: Apache-2.0
#include "validate/device/instances.hpp"

#include <algorithm>

namespace braid::gpu {

std::vector<Instance> instances_of(const Program& program) {
  const Placement& p = program.placement;
  std::vector<Instance> all;
  for (int pp = 0; pp < p.pp; ++pp)
    for (int dp = 0; dp < p.dp; ++dp)
      for (int tp = 0; tp < p.tp; ++tp) all.push_back({.pp = pp, .tp = tp, .dp = dp, .rank = p.gpu(tp, pp, dp)});
  if (all.size() == 1 && !program.ranks.front().ops.empty()) all[0].rank = program.ranks.front().ops.front().key.rank;
  std::sort(all.begin(), all.end(), [](const Instance& a, const Instance& b) { return a.rank < b.rank; });
  return all;
}

std::vector<std::uint32_t> group_of(const std::vector<Instance>& instances, std::uint32_t of, Scope scope) {
  const Instance& me = instances[of];
  std::vector<std::uint32_t> members;
  for (std::uint32_t i = 0; i < instances.size(); ++i) {
    const Instance& x = instances[i];
    if (x.pp == me.pp && (scope == Scope::tp ? x.dp == me.dp : x.tp == me.tp)) members.push_back(i);
  }
  return members;
}

std::uint32_t pipeline_peer(const std::vector<Instance>& instances, std::uint32_t of, int pp) {
  const Instance& me = instances[of];
  const auto at = std::find_if(instances.begin(), instances.end(),
                               [&](const Instance& x) { return x.pp == pp && x.tp == me.tp && x.dp == me.dp; });
  BRAID_CHECK(at != instances.end(), "a program that passed check() names pipeline ranks that exist");
  return static_cast<std::uint32_t>(at - instances.begin());
}

}  // namespace braid::gpu
