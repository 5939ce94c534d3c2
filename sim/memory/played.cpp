// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/played.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace braid {
namespace {

/// Faults of one kind repeat by the thousand when a whole lane is missing; the first few say it all.
constexpr std::size_t kMostFaults = 100;

using OpsByLane = std::array<std::vector<std::uint32_t>, kLanes>;

OpsByLane ops_by_lane(const RankProgram& rank) {
  OpsByLane lanes;
  for (std::uint32_t i = 0; i < rank.ops.size(); ++i) lanes[static_cast<std::size_t>(rank.ops[i].lane)].push_back(i);
  return lanes;
}

/// Keys are equal but for the rank, which is a pipeline rank in a Program and may be a GPU in a Timeline.
bool same(OpKey a, OpKey b) {
  a.rank = b.rank;
  return a == b;
}
bool before(OpKey a, OpKey b) {
  a.rank = b.rank;
  return a < b;
}

class Joiner {
 public:
  explicit Joiner(Played& played) : played_(played) {}

  void add(Issue issue) {
    if (played_.faults.size() < kMostFaults) played_.faults.push_back(std::move(issue));
  }

  void join_lane(std::size_t rank, std::size_t lane, const std::vector<std::uint32_t>& ops) {
    const std::vector<Op>& all = played_.ops(rank).ops;
    const std::vector<Span>& spans = played_.timeline->ranks[rank].lanes[lane];
    std::vector<std::uint32_t>& span_of_op = played_.ranks[rank].span_of_op;
    if (in_program_order(all, ops, spans)) {
      for (std::uint32_t i = 0; i < ops.size(); ++i) span_of_op[ops[i]] = i;
      return;
    }
    std::vector<std::uint32_t> by_key = ops;
    std::sort(by_key.begin(), by_key.end(), [&](auto a, auto b) { return before(all[a].key, all[b].key); });
    std::vector<std::uint32_t> spans_by_key(spans.size());
    std::iota(spans_by_key.begin(), spans_by_key.end(), 0u);
    std::stable_sort(spans_by_key.begin(), spans_by_key.end(),
                     [&](auto a, auto b) { return before(spans[a].key, spans[b].key); });
    std::size_t o = 0;
    for (const std::uint32_t s : spans_by_key) {
      while (o < by_key.size() && before(all[by_key[o]].key, spans[s].key)) missing(rank, all[by_key[o++]].key);
      if (o < by_key.size() && same(all[by_key[o]].key, spans[s].key)) {
        span_of_op[by_key[o++]] = s;
      } else {
        add({where(rank, spans[s].key), o > 0 && same(all[by_key[o - 1]].key, spans[s].key)
                                            ? "ran more than once"
                                            : "is not an op of the program on this lane"});
      }
    }
    while (o < by_key.size()) missing(rank, all[by_key[o++]].key);
  }

 private:
  static bool in_program_order(const std::vector<Op>& all, const std::vector<std::uint32_t>& ops,
                               const std::vector<Span>& spans) {
    if (ops.size() != spans.size()) return false;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      if (!same(all[ops[i]].key, spans[i].key)) return false;
    }
    return true;
  }
  std::string where(std::size_t rank, const OpKey& key) const {
    return fmt::format("rank {}: {}", played_.timeline->ranks[rank].rank, to_text(key));
  }
  void missing(std::size_t rank, const OpKey& key) { add({where(rank, key), "never ran"}); }

  Played& played_;
};

std::size_t place(const Placement& p, int tp, int pp, int dp) {
  const int index = (pp * p.dp + dp) * p.tp + tp;
  return static_cast<std::size_t>(index);
}

/// Fills in which pipeline rank each rank of the timeline played; false if they cannot be told.
bool place_ranks(Played& played, Joiner& joiner) {
  const Program& program = *played.program;
  const Timeline& timeline = *played.timeline;
  const Placement& p = program.placement;
  played.ranks.resize(timeline.ranks.size());
  if (timeline.ranks.size() == program.ranks.size() && (timeline.multiplicity > 1 || p.tp * p.dp == 1)) {
    for (std::size_t i = 0; i < played.ranks.size(); ++i) played.ranks[i].pp = static_cast<int>(i);
    return true;
  }
  const auto gpus = static_cast<std::size_t>(p.ranks());
  std::size_t told = timeline.ranks.size();
  for (const RankTimeline& rank : timeline.ranks) told += rank.peers.size();
  if (told != gpus || p.pp != static_cast<int>(program.ranks.size())) {
    joiner.add({"timeline", fmt::format("has {} ranks; the program has {} pipeline ranks on {} GPUs", told,
                                        program.ranks.size(), gpus)});
    return false;
  }
  played.unfolded = true;
  played.at.assign(gpus, kNoSpan);
  std::vector<std::uint32_t> position_of_gpu(gpus, kNoSpan);
  const auto put = [&](int rank, std::uint32_t i) {
    if (rank < 0 || rank >= p.ranks() || position_of_gpu[static_cast<std::size_t>(rank)] != kNoSpan) {
      joiner.add({fmt::format("rank {}", rank), "is not a GPU of the placement, or is there twice"});
      return false;
    }
    position_of_gpu[static_cast<std::size_t>(rank)] = i;
    return true;
  };
  for (std::uint32_t i = 0; i < timeline.ranks.size(); ++i) {
    if (!put(timeline.ranks[i].rank, i)) return false;
    for (const int peer : timeline.ranks[i].peers) {
      if (!put(peer, i)) return false;
    }
  }
  for (int tp = 0; tp < p.tp; ++tp) {
    for (int pp = 0; pp < p.pp; ++pp) {
      for (int dp = 0; dp < p.dp; ++dp) {
        const int gpu = p.gpu(tp, pp, dp);
        const std::uint32_t i = position_of_gpu[static_cast<std::size_t>(gpu)];
        if (timeline.ranks[i].rank == gpu) played.ranks[i] = {.pp = pp, .tp = tp, .dp = dp, .span_of_op = {}};
        played.at[place(p, tp, pp, dp)] = i;
      }
    }
  }
  for (std::size_t k = 0; k < gpus; ++k) {  // places count pipeline rank first
    if (played.ranks[played.at[k]].pp == static_cast<int>(k) / (p.tp * p.dp)) continue;
    joiner.add(
        {fmt::format("rank {}", timeline.ranks[played.at[k]].rank), "stands for a GPU of another pipeline rank"});
    return false;
  }
  return true;
}

}  // namespace

std::size_t Played::position(int tp, int pp, int dp) const {
  return unfolded ? at[place(program->placement, tp, pp, dp)] : static_cast<std::size_t>(pp);
}

std::size_t Played::pipeline_peer(std::size_t rank, int pp) const {
  return position(ranks[rank].tp, pp, ranks[rank].dp);
}

std::vector<std::size_t> Played::group(std::size_t rank, Scope scope) const {
  if (!unfolded) return {rank};
  const Placement& p = program->placement;
  const PlayedRank& me = ranks[rank];
  std::vector<std::size_t> members;
  if (scope == Scope::tp) {
    for (int tp = 0; tp < p.tp; ++tp) members.push_back(at[place(p, tp, me.pp, me.dp)]);
  } else {
    for (int dp = 0; dp < p.dp; ++dp) members.push_back(at[place(p, me.tp, me.pp, dp)]);
  }
  if (timeline->ranks.size() < at.size()) {  // some stand for others
    std::ranges::sort(members);
    members.erase(std::unique(members.begin(), members.end()), members.end());
  }
  return members;
}

Played join(const Program& program, const Timeline& timeline) {
  Played played{.program = &program, .timeline = &timeline, .unfolded = false, .ranks = {}, .faults = {}, .at = {}};
  Joiner joiner(played);
  if (!place_ranks(played, joiner)) {
    played.ranks.clear();
    return played;
  }
  std::vector<OpsByLane> lanes;
  for (const RankProgram& rank : program.ranks) lanes.push_back(ops_by_lane(rank));
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    PlayedRank& me = played.ranks[rank];
    me.span_of_op.assign(played.ops(rank).ops.size(), kNoSpan);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      joiner.join_lane(rank, lane, lanes[static_cast<std::size_t>(me.pp)][lane]);
    }
  }
  return played;
}

Played join_complete(const Program& program, const Timeline& timeline) {
  Played played = join(program, timeline);
  throw_if_any(played.faults);
  return played;
}

}  // namespace braid
