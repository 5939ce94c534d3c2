// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/changes.hpp"

#include <algorithm>
#include <tuple>

namespace braid {
namespace {

/// The key of the I that belongs to this I or W.
OpKey input_grad_key(OpKey key) {
  key.kind = OpKind::input_grad;
  key.index = 0;
  return key;
}

}  // namespace

std::vector<double> deferred_at_end(const Played& played, std::size_t rank) {
  const std::vector<Op>& ops = played.ops(rank).ops;
  std::vector<std::uint32_t> input_grads;
  for (std::uint32_t i = 0; i < ops.size(); ++i) {
    if (ops[i].key.kind == OpKind::input_grad && ops[i].lane == Lane::compute) input_grads.push_back(i);
  }
  const auto key_of = [&](std::uint32_t op) { return input_grad_key(ops[op].key); };
  std::ranges::sort(input_grads, {}, key_of);
  std::vector<double> deferred(ops.size(), 0);
  for (std::uint32_t w = 0; w < ops.size(); ++w) {
    const double held = played.program->works[ops[w].work].release.value;
    if (ops[w].key.kind != OpKind::weight_grad || ops[w].lane != Lane::compute || held == 0) continue;
    const OpKey wanted = input_grad_key(ops[w].key);
    const auto found = std::ranges::lower_bound(input_grads, wanted, {}, key_of);
    if (found == input_grads.end() || key_of(*found) != wanted) continue;
    if (played.end(rank, w) <= played.end(rank, *found)) continue;
    deferred[*found] += held;
    deferred[w] -= held;
  }
  return deferred;
}

std::vector<MemoryChange> memory_changes(const Played& played, std::size_t rank, PeakConvention convention,
                                         const std::vector<double>& deferred) {
  using Phase = MemoryChange::Phase;
  const bool netted = convention == PeakConvention::netted;
  std::vector<MemoryChange> changes;
  const std::vector<Op>& ops = played.ops(rank).ops;
  for (std::uint32_t i = 0; i < ops.size(); ++i) {
    const WorkItem& work = played.program->works[ops[i].work];
    const double alloc = work.alloc.value, release = work.release.value;
    const double moved = deferred.empty() ? 0 : deferred[i];
    if (alloc == 0 && release == 0 && moved == 0) continue;
    const Span& span = played.span(rank, i);
    const double start = span.start.value, end = span.end.value;
    if (netted) {
      changes.push_back({end, alloc > release ? Phase::takes : Phase::frees, alloc - release, moved});
      continue;
    }
    if (alloc != 0) changes.push_back({start, Phase::takes, alloc, 0});
    if (release != 0 || moved != 0)
      changes.push_back({end, start < end ? Phase::frees : Phase::frees_at_once, -release, moved});
  }
  std::stable_sort(changes.begin(), changes.end(), [](const MemoryChange& a, const MemoryChange& b) {
    return std::tie(a.time, a.phase) < std::tie(b.time, b.phase);
  });
  return changes;
}

}  // namespace braid
