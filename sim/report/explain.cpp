// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sim/report/bubbles.hpp"

namespace braid {
namespace {

const char* in_words(Cause cause) {
  switch (cause) {
    case Cause::tp:
      return "a tensor-parallel collective is in flight, or waits for a peer";
    case Cause::pp_wait:
      return "another pipeline rank still works on what this one needs, or has not posted";
    case Cause::pp_transfer:
      return "bytes move between pipeline ranks";
    case Cause::dp:
      return "gradients or parameters move between replicas";
    case Cause::offload:
      return "activations move to or from the host";
    case Cause::host:
      return "the host has not launched the op";
    case Cause::warm_up:
      return "the rank has not had its first op yet";
    case Cause::drain:
      return "the rank has finished its step";
  }
  return "";
}

std::string interval(Seconds start, Seconds end) {
  return fmt::format("{} .. {} ({})", to_text(start), to_text(end), to_text(end - start));
}

const Span* compute_at(const RankTimeline& rank, Seconds time) {
  for (const Span& span : rank.lanes[static_cast<std::size_t>(Lane::compute)]) {
    if (span.start <= time && time < span.end) return &span;
  }
  return nullptr;
}

std::string doing(const RankTimeline& rank, Seconds time) {
  const Span* span = compute_at(rank, time);
  if (span == nullptr) return fmt::format("rank {} is idle then", rank.rank);
  return fmt::format("rank {} runs {}, {}", rank.rank, to_text(span->key), interval(span->start, span->end));
}

std::size_t position_of(const Timeline& timeline, int rank) {
  for (std::size_t i = 0; i < timeline.ranks.size(); ++i) {
    const RankTimeline& one = timeline.ranks[i];
    if (one.rank == rank || std::ranges::binary_search(one.peers, rank)) return i;
  }
  std::string known;
  for (std::size_t i = 0; i < timeline.ranks.size() && i < 16; ++i) {
    known += fmt::format("{}{}", i == 0 ? "" : ", ", timeline.ranks[i].rank);
  }
  throw Error("--why", fmt::format("there is no rank {} in the timeline; it has {}{}", rank, known,
                                   timeline.ranks.size() > 16 ? ", ..." : ""));
}

}  // namespace

std::string explain(const Played& played, int asked, Seconds time, const Launches& launches) {
  const Timeline& timeline = *played.timeline;
  const std::size_t at = position_of(timeline, asked);
  // From here on in the words of the one that was played: what it waits for is in its own column.
  const int rank = timeline.ranks[at].rank;
  const std::string stands_in =
      rank == asked ? "" : fmt::format("rank {} does what rank {} does, which was played for it\n", asked, rank);
  if (!(time.value >= 0 && time < timeline.step_time)) {
    throw Error("--why",
                fmt::format("the step runs from 0 to {}, {} is outside", to_text(timeline.step_time), to_text(time)));
  }
  if (compute_at(timeline.ranks[at], time) != nullptr) { return stands_in + doing(timeline.ranks[at], time) + "\n"; }

  const std::vector<Gap> gaps = gaps_of(played, at, launches);
  const auto gap =
      std::find_if(gaps.begin(), gaps.end(), [&](const Gap& g) { return g.start <= time && time < g.end; });
  BRAID_CHECK(gap != gaps.end(), "a rank that does not compute is idle for a cause");
  std::string text = stands_in + fmt::format("rank {} is idle, {}\n  cause:   {}: {}\n", rank,
                                             interval(gap->start, gap->end), to_text(gap->cause), in_words(gap->cause));
  if (gap->cause == Cause::warm_up) { return text + fmt::format("  its first op is {}\n", to_text(gap->waiting)); }
  if (gap->cause == Cause::drain) return text + fmt::format("  its last op was {}\n", to_text(gap->waiting));
  const Span& last = timeline.ranks[at].lanes[static_cast<std::size_t>(Lane::compute)].back();
  const bool behind = gap->start >= last.end;
  text += fmt::format("  waiting: {}\n  for:     {} of rank {}\n",
                      behind ? "the end of the step" : to_text(gap->waiting), to_text(gap->blamed), gap->blamed_rank);
  if (gap->blamed_rank != rank) {
    text += "  there:   " + doing(timeline.ranks[position_of(timeline, gap->blamed_rank)], time) + "\n";
  }
  return text;
}

}  // namespace braid
