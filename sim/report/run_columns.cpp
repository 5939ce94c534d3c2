// SPDX-License-Identifier: Apache-2.0
#include "sim/report/run_columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "sim/report/bubbles.hpp"
#include "sim/report/critical_path.hpp"
#include "sim/report/run_facts_json.hpp"
#include "sim/report/strokes.hpp"
#include "sim/timeline/tracks.hpp"

namespace braid {
namespace {

Category category_of(Cause cause) {
  static_assert(static_cast<int>(Category::idle_drain) - static_cast<int>(Category::idle_tp) + 1 == kCauses);
  return static_cast<Category>(static_cast<int>(Category::idle_tp) + static_cast<int>(cause));
}

Category category_of(const StrokePass& pass) {
  switch (pass.paint) {
    case Paint::F:
      return Category::forward;
    case Paint::B:
      return Category::backward;
    case Paint::I:
      return Category::input_grad;
    case Paint::W:
      return Category::weight_grad;
    case Paint::recompute:
      return Category::recompute;
    case Paint::optimizer:
      return Category::optimizer;
    case Paint::braid:
    case Paint::other:
      break;
  }
  return Category::compute;
}

std::uint32_t stretch_ns(Seconds stretch) {
  constexpr double kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp(std::round(stretch.value * 1e9), 0.0, kMost));
}

/// OpKey::index of what is no op, passes and idle pieces: nobody shall find it as one.
constexpr std::int32_t kNoOpIndex = -1;

/// Fills the columns rank by rank, then what names spans by their number.
class Builder {
 public:
  Builder(const Played& played, const Costs& costs, const RunReport& report, const RunTold& told)
      : played_(played), costs_(costs), told_(told), span_of_(played.ranks.size()) {
    columns_.facts = run_facts_json(played, costs, report, told);
    reserve();
    each_rank_gaps(played, costs.launches, [this](std::size_t rank, const std::vector<Gap>& gaps) {
      add_rank(rank);
      add_passes(rank, gaps);
      add_lanes(rank, gaps);
    });
    add_dependences();
    for (const PathOp& at : critical_path(played)) columns_.critical.push_back(span(at.rank, at.op));
    if (std::ranges::all_of(columns_.stretch, [](std::uint32_t s) { return s == 0; })) columns_.stretch.clear();
  }

  RunColumns take() { return std::move(columns_); }

 private:
  /// An idle piece: what could not start, and what it waited for.
  struct Idle {
    std::uint32_t span = 0;
    std::uint32_t rank = 0, waiting = kNoOp;
    std::uint32_t blamed_rank = 0, blamed = kNoOp;
  };

  /// Idle pieces and passes come on top; growing ten million spans by doubling would cost as much again.
  void reserve() {
    std::size_t spans = 0, computing = 0;
    for (const RankTimeline& rank : played_.timeline->ranks) {
      for (const std::vector<Span>& lane : rank.lanes) spans += lane.size();
      computing += rank.lanes[static_cast<std::size_t>(Lane::compute)].size();
    }
    spans += computing / 2;
    columns_.start.reserve(spans);
    columns_.end.reserve(spans);
    columns_.category.reserve(spans);
    columns_.half.reserve(spans);
    columns_.key.reserve(spans);
    columns_.name.reserve(spans);
    columns_.work.reserve(spans);
    columns_.stretch.reserve(spans);
  }

  void add_rank(std::size_t rank) {
    const PlayedRank& me = played_.ranks[rank];
    const Placement& placement = played_.program->placement;
    // A rank of a folded run stands for all of its tensor-parallel peers and replicas.
    const bool one_tp = played_.unfolded || placement.tp == 1, one_dp = played_.unfolded || placement.dp == 1;
    columns_.ranks.push_back({.rank = played_.timeline->ranks[rank].rank,
                              .pp = me.pp,
                              .tp = one_tp ? me.tp : -1,
                              .dp = one_dp ? me.dp : -1});
  }

  std::uint32_t spans() const { return static_cast<std::uint32_t>(columns_.start.size()); }

  void add_span(std::int64_t start, std::int64_t end, Category category, Category half, const OpKey& key,
                std::uint32_t name, std::uint16_t work, std::uint32_t stretch) {
    columns_.start.push_back(start);
    columns_.end.push_back(end);
    columns_.category.push_back(category);
    columns_.half.push_back(half);
    columns_.key.push_back(key);
    columns_.name.push_back(name);
    columns_.work.push_back(work);
    columns_.stretch.push_back(stretch);
  }

  std::uint32_t name_of(const std::string& text) {
    const auto [at, fresh] = names_.try_emplace(text, 0);
    if (fresh) at->second = columns_.add_name(text);
    return at->second;
  }

  void end_row(std::size_t rank, RowKind kind, Lane lane, std::uint32_t name, std::uint32_t begin) {
    columns_.rows.push_back({.rank = static_cast<std::int32_t>(rank),
                             .kind = kind,
                             .lane = lane,
                             .name = name,
                             .begin = begin,
                             .end = spans()});
  }

  void add_passes(std::size_t rank, const std::vector<Gap>& gaps) {
    const std::uint32_t begin = spans();
    const RankTimeline& timeline = played_.timeline->ranks[rank];
    std::int64_t free_from = 0;
    for (const PassBlock& block : told_.passes.empty() ? pass_blocks(timeline, gaps) : told_.passes[rank]) {
      // Measured ops may overlap by what clocks differ, and so may passes.
      const std::int64_t start = std::max(free_from, nanoseconds(block.start));
      free_from = std::max(start, nanoseconds(block.end));
      OpKey key = block.key;
      key.rank = timeline.rank;
      key.index = kNoOpIndex;
      add_span(start, free_from, block.category, block.half, key, name_of(block.name), kNoWork, 0);
    }
    if (spans() > begin) end_row(rank, RowKind::passes, Lane::compute, kNoIndex, begin);
  }

  void add_lanes(std::size_t rank, const std::vector<Gap>& gaps) {
    const RankTimeline& timeline = played_.timeline->ranks[rank];
    works_of(rank);
    for (std::size_t lane = 0; lane < kLanes; ++lane) span_of_[rank][lane].resize(timeline.lanes[lane].size());
    std::vector<Track> tracks = tracks_of(timeline);
    const bool computes = !tracks.empty() && tracks.front().lane == Lane::compute;
    // Without a compute op the whole step is idle all the same.
    if (!computes)
      tracks.insert(tracks.begin(), Track{.name = to_text(Lane::compute), .lane = Lane::compute, .spans = {}});
    for (std::size_t t = 0; t < tracks.size(); ++t) {
      const Track& track = tracks[t];
      const std::uint32_t begin = spans();
      std::size_t next_gap = t == 0 ? 0 : gaps.size();
      std::int64_t free_from = 0;
      for (const std::uint32_t i : track.spans) {
        const Span& one = timeline.lanes[static_cast<std::size_t>(track.lane)][i];
        const std::int64_t start = nanoseconds(one.start);
        while (next_gap < gaps.size() && gaps[next_gap].end <= one.start) {
          free_from = add_idle(rank, gaps[next_gap++], free_from, start);
        }
        add_op(rank, track.lane, i, one);
        free_from = nanoseconds(one.end);
      }
      while (next_gap < gaps.size()) {
        free_from = add_idle(rank, gaps[next_gap++], free_from, std::numeric_limits<std::int64_t>::max());
      }
      const bool first_of_lane = track.name == to_text(track.lane);
      end_row(rank, RowKind::lane, track.lane, first_of_lane ? kNoIndex : name_of(track.name), begin);
    }
  }

  void add_op(std::size_t rank, Lane lane, std::uint32_t i, const Span& one) {
    const auto l = static_cast<std::size_t>(lane);
    span_of_[rank][l][i] = spans();
    const Category category = braid::category_of(one.key.kind, lane);
    add_span(nanoseconds(one.start), nanoseconds(one.end), category, category, one.key, kNoIndex, work_of_[l][i],
             stretch_ns(one.stretch));
  }

  /// Within [from, to): in a measured run ops of the lane can overlap, and a piece lie where one is. Returns its end.
  std::int64_t add_idle(std::size_t rank, const Gap& gap, std::int64_t from, std::int64_t to) {
    const std::int64_t start = std::max(from, std::min(nanoseconds(gap.start), to));
    const std::int64_t end = std::max(start, std::min(nanoseconds(gap.end), to));
    idle_.push_back({.span = spans(),
                     .rank = static_cast<std::uint32_t>(rank),
                     .waiting = gap.waiting_op,
                     .blamed_rank = static_cast<std::uint32_t>(gap.blamed_position),
                     .blamed = gap.blamed_op});
    const OpKey key{.rank = played_.timeline->ranks[rank].rank, .index = kNoOpIndex};
    const Category category = category_of(gap.cause);
    add_span(start, end, category, category, key, kNoIndex, kNoWork, 0);
    return end;
  }

  /// By lane and span of this rank.
  void works_of(std::size_t rank) {
    const std::vector<Op>& ops = played_.ops(rank).ops;
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      work_of_[lane].assign(played_.timeline->ranks[rank].lanes[lane].size(), kNoWork);
    }
    for (std::uint32_t op = 0; op < ops.size(); ++op) {
      work_of_[static_cast<std::size_t>(ops[op].lane)][played_.ranks[rank].span_of_op[op]] = priced_as(ops[op]);
    }
  }

  /// Its work, or that work on the path that the message takes.
  std::uint16_t priced_as(const Op& op) const {
    const std::vector<std::int32_t>& paths = costs_.path_prices.of_message;
    const std::int32_t path = op.message < paths.size() ? paths[op.message] : -1;
    const std::size_t work = played_.program->works.size() + static_cast<std::size_t>(std::max(path, 0));
    return path < 0 || work >= kNoWork ? op.work : static_cast<std::uint16_t>(work);
  }

  std::uint32_t span(std::size_t rank, std::uint32_t op) const {
    const auto lane = static_cast<std::size_t>(played_.ops(rank).ops[op].lane);
    return span_of_[rank][lane][played_.ranks[rank].span_of_op[op]];
  }

  /// Hands over the span of each op and those that it waits for, then the idle pieces'.
  template <typename Take>
  void each_waiter(Take take) const {
    std::vector<std::vector<std::uint32_t>> before;
    for (const RankProgram& rank : played_.program->ranks) before.push_back(ops_before(rank));
    std::vector<std::uint32_t> waits;
    for (std::size_t rank = 0; rank < played_.ranks.size(); ++rank) {
      const RankProgram& program = played_.ops(rank);
      const auto pp = static_cast<std::size_t>(played_.ranks[rank].pp);
      for (std::uint32_t op = 0; op < program.ops.size(); ++op) {
        waits.clear();
        for (const std::uint32_t dep : program.deps_of(program.ops[op])) waits.push_back(span(rank, dep));
        if (const std::uint32_t last = before[pp][op]; last != kNoOp) {
          const std::uint32_t at = span(rank, last);
          if (std::ranges::find(waits, at) == waits.end()) waits.push_back(at);
        }
        if (const std::uint32_t number = program.ops[op].message; number != kNoMessage) {
          const Message& m = played_.program->messages[number];
          const bool receives = m.recv_op == op && m.to == static_cast<std::int32_t>(pp);
          if (receives) waits.push_back(span(played_.pipeline_peer(rank, m.from), m.send_op));
        }
        take(span(rank, op), waits);
      }
    }
    for (const Idle& piece : idle_) {
      const std::uint32_t waiting = piece.waiting == kNoOp ? piece.span : span(piece.rank, piece.waiting);
      const std::uint32_t blamed = piece.blamed == kNoOp ? waiting : span(piece.blamed_rank, piece.blamed);
      waits = {waiting, blamed};
      take(piece.span, waits);
    }
  }

  void add_dependences() {
    std::vector<std::uint32_t>& begin = columns_.dep_begin;
    begin.assign(columns_.start.size() + 1, 0);
    each_waiter(
        [&](std::uint32_t span, const auto& waits) { begin[span + 1] = static_cast<std::uint32_t>(waits.size()); });
    for (std::size_t i = 1; i < begin.size(); ++i) begin[i] += begin[i - 1];
    columns_.deps.resize(begin.back());
    each_waiter(
        [&](std::uint32_t span, const auto& waits) { std::ranges::copy(waits, columns_.deps.begin() + begin[span]); });
  }

  const Played& played_;
  const Costs& costs_;
  const RunTold& told_;
  RunColumns columns_;
  std::vector<std::array<std::vector<std::uint32_t>, kLanes>> span_of_;  ///< by rank, lane and span of the lane
  std::array<std::vector<std::uint16_t>, kLanes> work_of_;               ///< of the rank at hand
  std::vector<Idle> idle_;
  std::unordered_map<std::string, std::uint32_t> names_;
};

}  // namespace

std::string pass_name(std::string_view letter, int microbatch, int chunk) {
  std::string name(letter);
  if (microbatch >= 0) name += std::to_string(microbatch);
  if (chunk >= 1) name += '\'';
  if (chunk >= 2) name += std::to_string(chunk);
  return name;
}

std::vector<PassBlock> pass_blocks(const RankTimeline& rank, const std::vector<Gap>& gaps) {
  const std::vector<Span>& lane = rank.lanes[static_cast<std::size_t>(Lane::compute)];
  std::vector<bool> cut(lane.size(), false);
  std::size_t next = 0;
  for (const Gap& gap : gaps) {
    const bool of_schedule = gap.cause == Cause::pp_wait || gap.cause == Cause::pp_transfer || gap.cause == Cause::dp;
    while (next < lane.size() && lane[next].start < gap.end) ++next;
    if (of_schedule && next < lane.size()) cut[next] = true;
  }
  std::vector<PassBlock> blocks;
  for (const Stroke& stroke : strokes_of(rank, [&](std::uint32_t span) { return cut[span]; })) {
    PassBlock block{.start = Seconds(stroke.start), .end = Seconds(stroke.end)};
    for (const StrokePass& pass : passes_of(rank, stroke)) {
      block.half = category_of(pass);
      if (block.name.empty()) {
        block.category = block.half;
        block.key = {.microbatch = static_cast<std::int16_t>(pass.microbatch),
                     .chunk = static_cast<std::int8_t>(pass.chunk),
                     .kind = pass.kind};
      } else {
        block.name += " & ";
      }
      const char* letter = pass.paint == Paint::B ? to_text(Paint::B) : to_text(pass.kind);
      block.name += pass_name(letter, pass.microbatch, pass.chunk);
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

RunColumns run_columns(const Played& played, const Costs& costs, const RunReport& report, const RunTold& told) {
  throw_if_any(played.faults);
  return Builder(played, costs, report, told).take();
}

}  // namespace braid
