// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/folded_play.hpp"

#include <algorithm>
#include <limits>

#include "sim/engine/core/event_core.hpp"
#include "sim/engine/core/play_memory.hpp"

namespace braid {

namespace {

void take_times(const Program& program, const Replicas& replicas, const PlayMemory& memory, FoldedPlay& play) {
  play.timeline.step_time = Seconds(0);
  play.timeline.ranks.resize(program.ranks.size());
  play.played.ranks.resize(program.ranks.size());
  play.timeline.multiplicity = replicas.placement.tp * replicas.placement.dp;
  play.played.program = &program;
  play.played.timeline = &play.timeline;
  for (std::size_t pp = 0; pp < program.ranks.size(); ++pp) {
    const std::vector<Op>& ops = program.ranks[pp].ops;
    const auto times = memory.instance(static_cast<int>(pp));
    RankTimeline& rank = play.timeline.ranks[pp];
    PlayedRank& joined = play.played.ranks[pp];
    for (auto& lane : rank.lanes) lane.clear();
    joined.span_of_op.clear();
    rank.rank = joined.pp = static_cast<int>(pp);
    joined.span_of_op.reserve(ops.size());
    for (std::size_t k = 0; k < ops.size(); ++k) {
      auto& lane = rank.lanes[static_cast<std::size_t>(ops[k].lane)];
      joined.span_of_op.push_back(static_cast<std::uint32_t>(lane.size()));
      lane.push_back({.key = ops[k].key,
                      .start = Seconds(times[k].start),
                      .end = Seconds(times[k].end),
                      .stretch = Seconds(times[k].stretch)});
      play.timeline.step_time = std::max(play.timeline.step_time, Seconds(times[k].end));
    }
  }
}

}  // namespace

void play_folded(const Program& program, const Costs& costs, const Cluster& cluster, FoldedPlay& play) {
  const EngineOptions options{.fold = false};
  Replicas replicas = replicas_to_play(program, cluster, options);  // throws where the cluster is too small
  MessagePaths paths = message_paths(program, cluster, replicas);
  const auto columns = static_cast<std::ptrdiff_t>(replicas.columns());
  for (std::size_t pair = 0; pair < paths.pairs.size(); ++pair) {
    const auto first = paths.kinds.begin() + static_cast<std::ptrdiff_t>(pair) * columns;
    paths.kinds[pair] = *std::max_element(first, first + columns);
  }
  replicas = Replicas::one(program.placement);
  PlayMemory memory(program, replicas, PlayMemory::Sharing::own);
  EventCore core({program, costs, replicas, paths, options, {}}, memory);
  core.play(std::numeric_limits<double>::infinity());
  core.check_complete();
  take_times(program, replicas, memory, play);
}

}  // namespace braid
