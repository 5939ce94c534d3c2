// SPDX-License-Identifier: Apache-2.0
#include "sim/report/strokes.hpp"

#include <algorithm>
#include <tuple>

namespace braid {
namespace {

enum class Side : std::uint8_t { forward, backward, other };

Side side_of(OpKind kind) {
  switch (kind) {
    case OpKind::forward:
      return Side::forward;
    case OpKind::recompute:
    case OpKind::input_grad:
    case OpKind::weight_grad:
      return Side::backward;
    default:
      return Side::other;
  }
}

/// A pass of a microbatch through a chunk; ops without a microbatch are visits by kind, cells by number.
struct Visit {
  Side side = Side::other;
  int microbatch = -1;
  int chunk = -1;
  int cell = -1;
  OpKind kind = OpKind::forward;
  auto operator<=>(const Visit&) const = default;
};

Visit visit_of(const OpKey& key) {
  const Side side = side_of(key.kind);
  return {.side = side,
          .microbatch = key.microbatch,
          .chunk = key.chunk,
          .cell = key.kind == OpKind::cell ? key.index : -1,
          .kind = side == Side::other ? key.kind : OpKind::forward};
}

/// Spans of one visit in a row.
struct Turn {
  Visit visit;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

template <typename Cut>
std::vector<Turn> turns_of(const std::vector<Span>& lane, Cut cut_before) {
  std::vector<Turn> turns;
  for (std::uint32_t i = 0; i < lane.size(); ++i) {
    const Visit visit = visit_of(lane[i].key);
    if (!turns.empty() && turns.back().visit == visit && !cut_before(i)) {
      turns.back().last = i;
    } else {
      turns.push_back({visit, i, i});
    }
  }
  return turns;
}

/// Which kinds of ops a pass has.
class Kinds {
 public:
  void add(OpKind kind) { bits_ |= 1u << static_cast<unsigned>(kind); }
  bool has(OpKind kind) const { return (bits_ >> static_cast<unsigned>(kind) & 1u) != 0; }
  Paint paint() const {
    if (has(OpKind::forward)) return Paint::F;
    if (has(OpKind::input_grad)) return has(OpKind::weight_grad) ? Paint::B : Paint::I;
    if (has(OpKind::weight_grad)) return Paint::W;
    if (has(OpKind::recompute)) return Paint::recompute;
    if (has(OpKind::optimizer)) return Paint::optimizer;
    return Paint::other;
  }

 private:
  unsigned bits_ = 0;
};

Paint paint_of(const std::vector<Span>& lane, std::uint32_t first, std::uint32_t last) {
  Kinds kinds;
  for (std::uint32_t i = first; i <= last; ++i) kinds.add(lane[i].key.kind);
  return kinds.paint();
}

/// Cuts spans first..last, all of one paint, at long gaps.
void add_strokes(const std::vector<Span>& lane, std::uint32_t first, std::uint32_t last, bool braid, double longest_gap,
                 std::vector<Stroke>& strokes) {
  const Paint paint = braid ? Paint::braid : paint_of(lane, first, last);
  for (std::uint32_t i = first; i <= last; ++i) {
    const double start = lane[i].start.value, end = lane[i].end.value;
    if (i == first || start - strokes.back().end > longest_gap) {
      strokes.push_back({start, end, paint, i, i});
    } else {
      strokes.back().end = end;
      strokes.back().last = i;
    }
  }
}

}  // namespace

const char* to_text(Paint paint) {
  constexpr std::array names{"F", "B", "I", "W", "braid", "recompute", "optimizer", "other"};
  static_assert(names.size() == kPaints);
  return names[static_cast<std::size_t>(paint)];
}

char letter_of(Paint paint) {
  constexpr std::array letters{'F', 'B', 'I', 'W', '#', 'R', 'O', 'c'};
  static_assert(letters.size() == kPaints);
  return letters[static_cast<std::size_t>(paint)];
}

namespace {

/// Hands over first and last span of each stroke, and whether it is a braid.
template <typename Take>
void each_stroke(const std::vector<Turn>& turns, Take take) {
  for (std::size_t t = 0; t < turns.size();) {
    std::size_t last = t;
    // Where a pass was cut two turns of it follow one another; they are no braid with themselves.
    const auto comes_back = [&](std::size_t turn) {
      return turns[turn + 2].visit == turns[turn].visit && turns[turn + 1].visit != turns[turn].visit;
    };
    while (last + 2 < turns.size() && comes_back(last)) ++last;
    // The loop stops at the last turn whose pass comes back; its partner's last turn belongs to the braid too.
    const bool braid = last > t;
    if (braid) ++last;
    take(turns[t].first, turns[last].last, braid);
    t = last + 1;
  }
}

const std::vector<Span>& compute_lane(const RankTimeline& rank) {
  return rank.lanes[static_cast<std::size_t>(Lane::compute)];
}

}  // namespace

std::vector<Stroke> strokes_of(const RankTimeline& rank, Seconds longest_gap) {
  const std::vector<Span>& lane = compute_lane(rank);
  std::vector<Stroke> strokes;
  each_stroke(turns_of(lane, [](std::uint32_t) { return false; }), [&](auto first, auto last, bool braid) {
    add_strokes(lane, first, last, braid, longest_gap.value, strokes);
  });
  return strokes;
}

std::vector<Stroke> strokes_of(const RankTimeline& rank, const std::function<bool(std::uint32_t span)>& cut_before) {
  const std::vector<Span>& lane = compute_lane(rank);
  std::vector<Stroke> strokes;
  each_stroke(turns_of(lane, cut_before), [&](auto first, auto last, bool braid) {
    strokes.push_back({.start = lane[first].start.value,
                       .end = lane[last].end.value,
                       .paint = braid ? Paint::braid : paint_of(lane, first, last),
                       .first = first,
                       .last = last});
  });
  return strokes;
}

std::vector<StrokePass> passes_of(const RankTimeline& rank, const Stroke& stroke) {
  const std::vector<Span>& lane = compute_lane(rank);
  std::vector<Visit> visits;
  std::vector<Kinds> kinds;
  std::vector<StrokePass> passes;
  for (std::uint32_t i = stroke.first; i <= stroke.last; ++i) {
    const OpKey& key = lane[i].key;
    const Visit visit = visit_of(key);
    const auto at = static_cast<std::size_t>(std::find(visits.begin(), visits.end(), visit) - visits.begin());
    if (at == visits.size()) {
      visits.push_back(visit);
      kinds.emplace_back();
      passes.push_back({.microbatch = key.microbatch, .chunk = key.chunk});
    }
    kinds[at].add(key.kind);
    passes[at].kind = key.kind;
  }
  for (std::size_t p = 0; p < passes.size(); ++p) passes[p].paint = kinds[p].paint();
  return passes;
}

std::string label_of(const RankTimeline& rank, const Stroke& stroke) {
  std::string text;
  for (const StrokePass& pass : passes_of(rank, stroke)) {
    if (!text.empty()) text += " + ";
    text += pass.paint == Paint::B ? to_text(pass.paint) : to_text(pass.kind);
    if (pass.microbatch >= 0) text.append(" mb").append(std::to_string(pass.microbatch));
    if (pass.chunk >= 0) text.append(" chunk").append(std::to_string(pass.chunk));
  }
  return text;
}

std::vector<std::size_t> ranks_to_show(const Played& played, std::size_t most) {
  std::vector<std::size_t> shown;
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
    if (played.ranks[rank].tp == 0 && played.ranks[rank].dp == 0) shown.push_back(rank);
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [&](std::size_t a, std::size_t b) { return played.ranks[a].pp < played.ranks[b].pp; });
  if (shown.size() > most) shown.resize(most);
  return shown;
}

}  // namespace braid
