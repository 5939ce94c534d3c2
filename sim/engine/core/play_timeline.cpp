// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/play_timeline.hpp"

#include <algorithm>
#include <tuple>

namespace braid {
namespace {

RankTimeline rank_timeline(const RankProgram& program, std::span<const OpTimes> times, int rank) {
  RankTimeline timeline;
  timeline.rank = rank;
  std::array<std::size_t, kLanes> counts{};
  for (const Op& op : program.ops) ++counts[static_cast<std::size_t>(op.lane)];
  for (std::size_t lane = 0; lane < counts.size(); ++lane) timeline.lanes[lane].reserve(counts[lane]);
  for (std::size_t k = 0; k < program.ops.size(); ++k) {
    const Op& op = program.ops[k];
    const OpTimes& t = times[k];
    Span span{.key = op.key, .start = Seconds(t.start), .end = Seconds(t.end), .stretch = Seconds(t.stretch)};
    span.key.rank = rank;
    timeline.lanes[static_cast<std::size_t>(op.lane)].push_back(span);
  }
  // Ordered lanes are in order of start already; messages are not. Equal starts keep the program's order.
  std::ranges::stable_sort(timeline.lanes[static_cast<std::size_t>(Lane::pp)], {}, &Span::start);
  return timeline;
}

std::vector<int> peers(const Replicas& replicas, int pp, int column) {
  std::vector<int> gpus;
  if (replicas.played.size() == replicas.stands_in.size()) return gpus;
  for (std::size_t placed = 0; placed < replicas.stands_in.size(); ++placed) {
    const int other = static_cast<int>(placed);
    if (replicas.stands_in[placed] != column || other == replicas.played[static_cast<std::size_t>(column)]) continue;
    gpus.push_back(replicas.gpu_of(pp, other));
  }
  std::ranges::sort(gpus);
  return gpus;
}

}  // namespace

Timeline play_timeline(const Program& program, const Replicas& replicas, PlayMemory& memory, std::uint64_t flows) {
  Timeline timeline;
  timeline.provenance.kind = "simulated";
  timeline.flows = flows;
  const bool all = replicas.played.size() == replicas.stands_in.size();
  timeline.provenance.facts["folded"] = replicas.folded() ? "yes" : all ? "no" : "in part";
  timeline.multiplicity = replicas.folded() ? static_cast<int>(replicas.stands_in.size()) : 1;
  timeline.ranks.reserve(static_cast<std::size_t>(replicas.instances()));
  for (int i = 0; i < replicas.instances(); ++i) {
    const int pp = replicas.pp_of(i);
    const int column = replicas.column_of(i);
    const auto times = memory.instance(i);
    for (const OpTimes& t : times) timeline.step_time = std::max(timeline.step_time, Seconds(t.end));
    timeline.ranks.push_back(
        rank_timeline(program.ranks[static_cast<std::size_t>(pp)], times, replicas.rank(pp, column)));
    if (!replicas.folded()) timeline.ranks.back().peers = peers(replicas, pp, column);
    memory.release(i);
  }
  std::ranges::sort(timeline.ranks, {}, &RankTimeline::rank);
  return timeline;
}

}  // namespace braid
