// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/clock.hpp"

#include <algorithm>

#include "sim/cost/compute.hpp"

namespace braid {
namespace {

constexpr int kRounds = 50;  ///< each gains a digit where the gain is below one half

}  // namespace

double clock_of_mix(Seconds busy, Seconds memory, const Parameters& p) {
  double clock = p.sustained_clock;
  if (!(memory.value > 0) || p.clock_memory_gain == 0) return clock;
  for (int round = 0; round < kRounds; ++round) {
    const double share = memory / (memory + busy / clock);
    clock = std::min(p.clock_most, p.sustained_clock / (1 - p.clock_memory_gain * share));
  }
  return std::max(clock, p.sustained_clock);
}

Profile at_clock(Profile profile, double clock) {
  const double slower = profile.parameters.sustained_clock / clock;
  for (auto& [key, point] : profile.points) point.duration *= slower;
  profile.parameters.sustained_clock = clock;
  return profile;
}

std::vector<double> ops_of_works(const Program& program) {
  std::vector<double> ops(program.works.size());
  for (const RankProgram& rank : program.ranks) {
    for (const Op& op : rank.ops) ops[op.work] += 1;
  }
  return ops;
}

Profile at_clock_of(const Program& program, const Gpu& gpu, const Profile& profile) {
  return at_clock_of(program, ops_of_works(program), gpu, profile);
}

Profile at_clock_of(const Program& program, const std::vector<double>& ops, const Gpu& gpu, const Profile& profile) {
  if (profile.parameters.clock_memory_gain == 0) return profile;
  Seconds busy, memory;
  for (std::size_t i = 0; i < program.works.size(); ++i) {
    if (program.works[i].kind != WorkKind::compute) continue;
    for (const KernelCost& kernel : compute_cost(program.works[i], gpu, profile).kernels) {
      if (kernel.kind == KernelKind::memory) memory += ops[i] * kernel.time;
      if (kernel.kind == KernelKind::gemm || kernel.kind == KernelKind::attention) busy += ops[i] * kernel.time;
    }
  }
  const double clock = profile.parameters.sustained_clock;
  return at_clock(profile, clock_of_mix(busy * clock, memory, profile.parameters));
}

}  // namespace braid
