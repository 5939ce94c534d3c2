// SPDX-License-Identifier: Apache-2.0
#include "gui/model/aggregates.hpp"

#include <algorithm>
#include <numeric>

#include "gui/model/class_numbers.hpp"
#include "gui/model/costliest.hpp"

namespace braid {
namespace {

struct Spans {
  std::uint32_t begin = 0, end = 0;
};

/// The spans of the row that reach into the range, an empty one at its very start among them.
Spans spans_in(const RunView& run, const RunRow& row, TimeRange range) {
  const auto starts = run.start.subspan(row.begin, row.end - row.begin);
  const auto ends = run.end.subspan(row.begin, row.end - row.begin);
  auto first = std::lower_bound(ends.begin(), ends.end(), range.begin) - ends.begin();
  const auto last = std::lower_bound(starts.begin(), starts.end(), range.end) - starts.begin();
  while (first < last && ends[static_cast<std::size_t>(first)] == range.begin &&
         starts[static_cast<std::size_t>(first)] < range.begin) {
    ++first;
  }
  return {static_cast<std::uint32_t>(row.begin + static_cast<std::uint64_t>(first)),
          static_cast<std::uint32_t>(row.begin + static_cast<std::uint64_t>(std::max(first, last)))};
}

/// Disjoint, in order.
using Intervals = std::vector<TimeRange>;

void add(Intervals& all, TimeRange one) {
  if (!all.empty() && one.begin <= all.back().end) {
    all.back().end = std::max(all.back().end, one.end);
  } else {
    all.push_back(one);
  }
}

Intervals united(const Intervals& a, const Intervals& b) {
  if (a.empty() || b.empty()) return a.empty() ? b : a;
  Intervals all;
  all.reserve(a.size() + b.size());
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    const bool from_a = j == b.size() || (i < a.size() && a[i].begin <= b[j].begin);
    add(all, from_a ? a[i++] : b[j++]);
  }
  return all;
}

double length_of(const Intervals& all) {
  return std::accumulate(all.begin(), all.end(), 0.0,
                         [](double sum, TimeRange one) { return sum + static_cast<double>(one.length()); });
}

double common(const Intervals& a, const Intervals& b) {
  double sum = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const std::int64_t begin = std::max(a[i].begin, b[j].begin), end = std::min(a[i].end, b[j].end);
    if (begin < end) sum += static_cast<double>(end - begin);
    a[i].end < b[j].end ? ++i : ++j;
  }
  return sum;
}

/// When the row holds a span that `counts(span)` wants, in the range.
template <typename Counts>
Intervals times_of(const RunView& run, const RunRow& row, TimeRange range, Counts counts) {
  Intervals all;
  const Spans in = spans_in(run, row, range);
  for (std::uint32_t span = in.begin; span < in.end; ++span) {
    if (!counts(span)) continue;
    add(all, {std::max(run.start[span], range.begin), std::min(run.end[span], range.end)});
  }
  return all;
}

class Aggregator {
 public:
  Aggregator(const Trace& trace, TimeRange range) : trace_(trace), run_(trace.run()), range_(range) {
    rows_of_rank_.resize(run_.ranks.size() + 1);
    for (std::uint32_t row = 0; row < run_.rows.size(); ++row) {
      if (run_.rows[row].kind == RowKind::lane) rows_of_rank_[place(run_.rows[row].rank)].push_back(row);
    }
  }

  Aggregates of(const std::vector<std::uint32_t>& wanted, std::size_t most_spans) {
    Aggregates result{.range = range_};
    const std::vector<std::uint32_t> rows = counted(wanted);
    std::vector<std::vector<std::uint32_t>> by_rank(rows_of_rank_.size());
    for (const std::uint32_t row : rows) {
      by_rank[place(run_.rows[row].rank)].push_back(row);
      const Spans in = spans_in(run_, run_.rows[row], range_);
      result.spans += in.end - in.begin;
    }
    for (std::size_t at = 0; at < by_rank.size(); ++at) {
      if (by_rank[at].empty()) continue;
      result.ranks.push_back(rank(at, by_rank[at]));
      add_to(result.all, result.ranks.back());
    }
    if (result.spans <= most_spans) result.units = units(rows);
    return result;
  }

 private:
  /// Ranks from 0, and behind them the cluster.
  std::size_t place(std::int32_t rank) const { return rank < 0 ? run_.ranks.size() : static_cast<std::size_t>(rank); }

  std::vector<std::uint32_t> counted(std::vector<std::uint32_t> rows) const {
    if (rows.empty()) {
      rows.resize(run_.rows.size());
      std::iota(rows.begin(), rows.end(), 0u);
    }
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<bool> has_lane(rows_of_rank_.size());
    for (const std::uint32_t row : rows) {
      if (run_.rows[row].kind == RowKind::lane) has_lane[place(run_.rows[row].rank)] = true;
    }
    std::erase_if(rows, [&](std::uint32_t row) {
      const RunRow& one = run_.rows[row];
      return one.kind == RowKind::counter || (one.kind == RowKind::passes && has_lane[place(one.rank)]);
    });
    return rows;
  }

  bool has(std::uint32_t row, bool (*wanted)(Category)) const {
    return std::ranges::any_of(trace_.coverage().categories(row), wanted);
  }

  Intervals computing(const std::vector<std::uint32_t>& rows) const {
    Intervals all;
    for (const std::uint32_t row : rows) {
      if (!has(row, is_compute)) continue;
      all = united(all, times_of(run_, run_.rows[row], range_,
                                 [&](std::uint32_t span) { return is_compute(run_.category[span]); }));
    }
    return all;
  }

  RankAggregate rank(std::size_t at, const std::vector<std::uint32_t>& rows) const {
    RankAggregate result{.rank = at == run_.ranks.size() ? -1 : static_cast<std::int32_t>(at)};
    Intervals communicating;
    for (const std::uint32_t row : rows) {
      const std::array<double, kCategories> times = trace_.coverage().times(row, range_);
      for (std::size_t c = 0; c < kCategories; ++c) result.time[c] += times[c];
      if (!has(row, is_communication)) continue;
      const Lane lane = run_.rows[row].lane;
      communicating = united(communicating, times_of(run_, run_.rows[row], range_, [&](std::uint32_t span) {
                               return is_communication(run_.category[span]) && !is_peer(run_, span, lane);
                             }));
    }
    result.compute = length_of(computing(rows));
    result.overlapped = communicating.empty() ? 0 : common(communicating, computing(rows_of_rank_[at]));
    result.exposed = length_of(communicating) - result.overlapped;
    return result;
  }

  static void add_to(RankAggregate& all, const RankAggregate& one) {
    for (std::size_t c = 0; c < kCategories; ++c) all.time[c] += one.time[c];
    all.compute += one.compute;
    all.exposed += one.exposed;
    all.overlapped += one.overlapped;
  }

  std::vector<UnitAggregate> units(const std::vector<std::uint32_t>& rows) const {
    ClassNumbers classes(run_);
    std::vector<UnitAggregate> all;
    for (const std::uint32_t row : rows) {
      const Spans in = spans_in(run_, run_.rows[row], range_);
      for (std::uint32_t span = in.begin; span < in.end; ++span) {
        if (is_idle(run_.category[span])) continue;
        const std::uint32_t at = classes.of(span, run_.rows[row].lane);
        if (at == all.size()) all.push_back({.name = classes.name(at), .category = classes.category(at)});
        UnitAggregate& unit = all[at];
        const auto time = static_cast<double>(std::min(run_.end[span], range_.end) -  //
                                              std::max(run_.start[span], range_.begin));
        unit.shortest = unit.count == 0 ? time : std::min(unit.shortest, time);
        unit.longest = std::max(unit.longest, time);
        unit.time += time;
        ++unit.count;
      }
    }
    std::ranges::sort(all, [](const UnitAggregate& a, const UnitAggregate& b) {
      return a.time != b.time ? a.time > b.time : a.name < b.name;
    });
    return all;
  }

  const Trace& trace_;
  const RunView& run_;
  TimeRange range_;
  std::vector<std::vector<std::uint32_t>> rows_of_rank_;  ///< lanes
};

}  // namespace

double RankAggregate::idle() const {
  double sum = 0;
  for (std::size_t c = static_cast<std::size_t>(Category::idle_tp); c < kCategories; ++c) sum += time[c];
  return sum;
}

Aggregates aggregate(const Trace& trace, TimeRange range, const std::vector<std::uint32_t>& rows,
                     std::size_t most_spans) {
  return Aggregator(trace, range).of(rows, most_spans);
}

std::vector<Category> idle_causes(const Trace& trace) {
  std::array<bool, kCategories> has{};
  for (std::size_t row = 0; row < trace.run().rows.size(); ++row) {
    for (const Category category : trace.coverage().categories(row)) has[static_cast<std::size_t>(category)] = true;
  }
  std::vector<Category> causes;
  for (std::size_t c = 0; c < kCategories; ++c) {
    if (has[c] && is_idle(static_cast<Category>(c))) causes.push_back(static_cast<Category>(c));
  }
  return causes;
}

Bubbles bubbles(const RunView& run, TimeRange range, const BubbleFilter& filter, std::size_t most) {
  Bubbles result;
  struct Piece {
    std::uint32_t span = 0, row = 0;
  };
  Costliest<Piece> costliest(most);
  for (std::uint32_t row = 0; row < run.rows.size(); ++row) {
    const RunRow& one = run.rows[row];
    if (one.kind != RowKind::lane || (filter.rank >= 0 && one.rank != filter.rank)) continue;
    const Spans in = spans_in(run, one, range);
    for (std::uint32_t span = in.begin; span < in.end; ++span) {
      const Category cause = run.category[span];
      if (!is_idle(cause) || (filter.cause && cause != *filter.cause)) continue;
      const auto length = static_cast<double>(run.end[span] - run.start[span]);
      if (!(length > 0)) continue;
      ++result.count;
      result.time += length;
      costliest.offer(length, {span, row});
    }
  }
  for (const auto& [span, row] : costliest.take()) {
    const auto deps = run.deps_of(span);
    result.rows.push_back({.span = span,
                           .rank = run.rows[row].rank,
                           .cause = run.category[span],
                           .start = run.start[span],
                           .length = run.end[span] - run.start[span],
                           .waiting = deps.empty() ? kNoIndex : deps[0],
                           .blamed = deps.size() < 2 ? kNoIndex : deps[1]});
  }
  return result;
}

}  // namespace braid
