// SPDX-License-Identifier: Apache-2.0
// A Program joined with a Timeline of it: which span is which op, and which ranks play together.
//
// A timeline is folded (its ranks are the pipeline ranks of one replica, in order) or unfolded (its ranks are GPUs of
// the cluster, placed by Placement::gpu; some may stand for others, RankTimeline::peers). The join is by OpKey within a
// lane, so a measured timeline joins as well.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

inline constexpr std::uint32_t kNoSpan = 0xffffffffu;

/// One rank of the timeline.
struct PlayedRank {
  int pp = 0;  ///< its pipeline rank: the row of Program::ranks that it played
  int tp = 0;
  int dp = 0;
  std::vector<std::uint32_t> span_of_op;  ///< by op, into the spans of the op's lane; kNoSpan if it has none
};

/// Borrows both sides: they must outlive it.
struct Played {
  const Program* program = nullptr;
  const Timeline* timeline = nullptr;
  bool unfolded = false;
  std::vector<PlayedRank> ranks;  ///< by position in Timeline::ranks
  std::vector<Issue> faults;      ///< spans that no op explains, ops without a span, ranks that do not fit
  std::vector<std::uint32_t>
      at;  ///< unfolded: position in Timeline::ranks by (tp, pp, dp), of the one that stands for it

  const RankProgram& ops(std::size_t rank) const { return program->ranks[static_cast<std::size_t>(ranks[rank].pp)]; }
  const Span& span(std::size_t rank, std::uint32_t op) const {
    const auto lane = static_cast<std::size_t>(ops(rank).ops[op].lane);
    return timeline->ranks[rank].lanes[lane][ranks[rank].span_of_op[op]];
  }
  double start(std::size_t rank, std::uint32_t op) const { return span(rank, op).start.value; }
  double end(std::size_t rank, std::uint32_t op) const { return span(rank, op).end.value; }
  /// How many GPUs did what this rank did, itself included.
  int gpus(std::size_t rank) const {
    return timeline->multiplicity * static_cast<int>(1 + timeline->ranks[rank].peers.size());
  }
  /// Where this place is played, by itself or by another for it.
  std::size_t position(int tp, int pp, int dp) const;
  /// Where the pipeline rank `pp` of this rank's own replica and tensor-parallel place is played.
  std::size_t pipeline_peer(std::size_t rank, int pp) const;
  /// The ranks that take part in this rank's collectives of that scope, itself included, or those
  /// that stand for them; itself alone if folded.
  std::vector<std::size_t> group(std::size_t rank, Scope scope) const;
};

/// Joins what can be joined; what cannot is in `faults`, all of it.
Played join(const Program& program, const Timeline& timeline);
/// The same for those who need every op: throws Error with all faults if there are any.
Played join_complete(const Program& program, const Timeline& timeline);

}  // namespace braid
