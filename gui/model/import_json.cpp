// SPDX-License-Identifier: Apache-2.0
#include "gui/model/import_json.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "gui/model/imported_events.hpp"
#include "gui/model/imported_facts.hpp"
#include "gui/model/patiently.hpp"
#include "gui/model/span_class.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr std::int64_t kLatest = std::int64_t{1} << 60;  // what check() of a run allows
constexpr double kReading = 0.8;                         ///< share of the work, as measured

/// A row of the result and where its thread's slices went.
struct PlacedRow {
  std::uint32_t thread = 0;
  std::uint64_t begin = 0, end = 0;
};

class Columns {
 public:
  Columns(ImportedEvents events, const ChromeFile& file, const std::string& path, std::atomic<double>& share,
          const std::atomic<bool>& stop)
      : events_(std::move(events)), path_(path), facts_(file, path), share_(share), stop_(stop) {}

  RunColumns make() {
    ours_ = facts_.ours();
    classify();
    join();
    sort_by_process();
    find_zero();
    std::vector<std::uint32_t> order(events_.processes.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return events_.processes[a].order < events_.processes[b].order;
    });
    for (const std::uint32_t process : order) add_process(process);
    if (out_.start.empty() && out_.points.empty()) throw Error(path_, "holds no slices and no counters to show");
    drop_unused();
    add_dependences();
    out_.facts = facts_.text({.step_ns = last_end(),
                              .lost = lost_ + events_.lost,
                              .left_out = events_.left_out,
                              .of_unknown_group = of_unknown_group_});
    return std::move(out_);
  }

 private:
  /// Says how far it is, and stops here if that is no longer wanted.
  void go_on() {
    if (stop_) throw Cancelled();
    const double share = total_ == 0 ? 1 : static_cast<double>(done_) / static_cast<double>(total_);
    share_ = kReading + (1 - kReading) * share;
  }

  std::int64_t last_end() const {
    std::int64_t last = 0;
    for (const RunRow& row : out_.rows) {
      if (row.kind != RowKind::counter) last = std::max(last, out_.end[row.end - 1]);
    }
    return last;
  }

  void classify() {
    const auto& names = events_.names.texts();
    const auto& details = events_.details.texts();
    for (const SliceKind& kind : events_.kinds) {
      if (classes_.size() % 4096 == 0) go_on();
      const std::string& name = *names[kind.name];
      const std::string& category = *details[kind.category];
      std::optional<SpanClass> own = ours_ ? own_class(name, category) : std::nullopt;
      is_own_.push_back(own.has_value());
      classes_.push_back(own ? *own
                             : foreign_class(name, category,
                                             {.collective = *details[kind.collective], .group = *details[kind.group]}));
    }
  }

  void join() {
    for (ImportedThread& thread : events_.threads) {
      go_on();
      lost_ += join_edges(thread.edges, thread.slices);
      thread.edges = {};
      total_ += thread.slices.size();
    }
    if (total_ >= kNoIndex) throw Error(path_, "holds more than 4 thousand million slices");
  }

  void sort_by_process() {
    threads_of_.resize(events_.processes.size());
    series_of_.resize(events_.processes.size());
    for (std::uint32_t t = 0; t < events_.threads.size(); ++t) {
      if (!events_.threads[t].slices.empty()) threads_of_[events_.threads[t].process].push_back(t);
    }
    for (std::uint32_t i = 0; i < events_.series.size(); ++i) series_of_[events_.series[i].process].push_back(i);
  }

  void find_zero() {
    if (ours_) return;
    constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();
    std::int64_t last = kNone;
    each_time([&](std::int64_t time) { last = std::max(last, time); });
    if (last == kNone) return;
    // A stray time of 1970 among those of today would push all others out of range.
    zero_ = last;
    each_time([&](std::int64_t time) {
      if (time >= last - kLatest) zero_ = std::min(zero_, time);
    });
  }
  template <typename Take>
  void each_time(Take take) const {
    for (const ImportedThread& thread : events_.threads) {
      for (const Slice& slice : thread.slices) take(slice.start);
    }
    if (total_ > 0) return;
    for (const ImportedSeries& series : events_.series) {
      for (const CounterPoint& point : series.points) take(point.time);
    }
  }

  void add_process(std::uint32_t p) {
    const ImportedProcess& process = events_.processes[p];
    const std::size_t rows = out_.rows.size();
    const auto rank = static_cast<std::int32_t>(out_.ranks.size());
    RunRank made{.rank = rank};
    const char* const end = process.pid.data() + process.pid.size();
    if (std::int32_t number = 0; std::from_chars(process.pid.data(), end, number).ptr == end) made.rank = number;
    rank_number_ = made.rank;
    std::vector<ThreadPlace> places;
    for (const std::uint32_t t : threads_of_[p]) places.push_back(place_of(t));
    std::stable_sort(places.begin(), places.end());
    for (const ThreadPlace& place : places) add_thread(place.thread, rank);
    for (const std::uint32_t series : series_of_[p]) add_series(events_.series[series], rank);
    if (out_.rows.size() == rows) return;
    std::string name = process.name;
    if (!process.labels.empty()) name += (name.empty() ? "" : " ") + process.labels;
    if (name.empty()) name = "process " + process.pid;
    if (name != "rank " + std::to_string(made.rank)) made.name = name_of(name);
    out_.ranks.push_back(made);
  }

  /// Threads are shown by the order that the file gives them, then by number; ranges above what they are over.
  struct ThreadPlace {
    std::int64_t order = 0, number = 0;
    bool below_ranges = false;
    std::uint32_t thread = 0;
    bool operator<(const ThreadPlace& other) const {
      return std::tie(order, number, below_ranges) < std::tie(other.order, other.number, other.below_ranges);
    }
  };
  ThreadPlace place_of(std::uint32_t t) const {
    const ImportedThread& thread = events_.threads[t];
    ThreadPlace place{.order = events_.threads[thread.twin].order, .below_ranges = !thread.ranges, .thread = t};
    std::from_chars(thread.tid.data(), thread.tid.data() + thread.tid.size(), place.number);
    return place;
  }

  std::string name_of_thread(const ImportedThread& thread) const {
    std::string name = events_.threads[thread.twin].name;
    if (name.empty()) name = "thread " + thread.tid;
    return thread.ranges ? name + " ranges" : name;
  }

  /// The lane in which the thread spends most of its time; of our own traces, the one that it is called by.
  Lane lane_of(const ImportedThread& thread, const std::string& name) const {
    if (ours_) {
      const std::string word = name.substr(0, name.find(' '));
      for (int l = 0; l < kLanes; ++l) {
        if (word == to_text(static_cast<Lane>(l))) return static_cast<Lane>(l);
      }
    }
    std::array<double, kLanes> time{};
    for (const Slice& slice : thread.slices) {
      time[static_cast<std::size_t>(classes_[slice.kind].lane)] += static_cast<double>(slice.end - slice.start) + 1;
    }
    return static_cast<Lane>(std::max_element(time.begin(), time.end()) - time.begin());
  }

  void add_thread(std::uint32_t t, std::int32_t rank) {
    ImportedThread& thread = events_.threads[t];
    sort_slices(thread.slices, [&] { go_on(); });
    const std::vector<std::uint16_t> row_of = row_of_slices(thread.slices);
    const std::string name = name_of_thread(thread);
    const Lane lane = lane_of(thread, name);
    // Of each row its slices, in their order.
    std::vector<std::uint32_t> row_begin(kMostSliceRows + 2, 0);
    for (const std::uint16_t row : row_of) ++row_begin[row + std::size_t{1}];
    std::partial_sum(row_begin.begin(), row_begin.end(), row_begin.begin());
    std::vector<std::uint32_t> sorted(row_of.size());
    std::vector<std::uint32_t> next = row_begin;
    for (std::uint32_t i = 0; i < row_of.size(); ++i) sorted[next[row_of[i]]++] = i;
    for (std::size_t r = 0; r < kMostSliceRows && row_begin[r] < row_begin[r + 1]; ++r) {
      const std::uint64_t begin = out_.start.size();
      for (std::uint32_t i = row_begin[r]; i < row_begin[r + 1]; ++i) {
        if (i % (std::uint32_t{1} << 18) == 0) go_on();
        add_slice(thread.slices[sorted[i]], lane, thread.ranges);
      }
      if (out_.start.size() == begin) continue;
      const std::string text = r == 0 ? name : name + " / " + std::to_string(r);
      placed_.push_back({.thread = t, .begin = begin, .end = out_.start.size()});
      out_.rows.push_back({.rank = rank,
                           .kind = thread.ranges ? RowKind::passes : RowKind::lane,
                           .lane = lane,
                           .name = ours_ && text == to_text(lane) ? kNoIndex : name_of(text),
                           .begin = begin,
                           .end = out_.start.size()});
      go_on();
    }
    lost_ += row_of.size() - row_begin[kMostSliceRows];
    done_ += thread.slices.size();
    thread.slices = {};
  }

  void add_slice(const Slice& slice, Lane lane, bool of_range) {
    const std::int64_t start = slice.start - zero_, end = slice.end - zero_;
    if (start < -kLatest || end > kLatest) {
      ++lost_;
      return;
    }
    const SpanClass& what = classes_[slice.kind];
    const bool own = is_own_[slice.kind];
    const Category category = own ? category_of(what.kind, lane) : what.category;
    out_.start.push_back(start);
    out_.end.push_back(end);
    out_.category.push_back(category);
    if (what.of_unknown_group && !of_range) ++of_unknown_group_;
    out_.half.push_back(own ? category : what.half);
    any_half_ = any_half_ || out_.half.back() != category;
    std::uint32_t name = slice.name;
    if (ours_) {
      OpKey key{.rank = rank_number_, .kind = what.kind, .unit = what.unit};
      if (own) {
        key.index = slice.index;
        key.microbatch = slice.microbatch;
        key.layer = slice.layer;
        key.chunk = slice.chunk;
      }
      out_.key.push_back(key);
      out_.stretch.push_back(slice.stretch);
      if (own) name = kNoIndex;
    }
    out_.name.push_back(name);
  }

  void add_series(ImportedSeries& series, std::int32_t rank) {
    std::stable_sort(series.points.begin(), series.points.end(),
                     [](const CounterPoint& a, const CounterPoint& b) { return a.time < b.time; });
    const std::uint64_t begin = out_.points.size();
    for (CounterPoint point : series.points) {
      point.time -= zero_;
      if (point.time >= -kLatest && point.time <= kLatest) out_.points.push_back(point);
    }
    if (out_.points.size() == begin) return;
    const bool bytes = ours_ || series.name != "memory";
    out_.rows.push_back({.rank = rank,
                         .kind = RowKind::counter,
                         .counter = bytes ? series.kind : CounterKind::other,
                         .name = name_of(series.name),
                         .begin = begin,
                         .end = out_.points.size()});
  }

  /// Names of slices keep their numbers; those of rows and ranks come behind them.
  std::uint32_t name_of(const std::string& text) { return events_.names.of(text); }

  void drop_unused() {
    for (const std::string* text : events_.names.texts()) out_.add_name(*text);
    if (!any_half_) out_.half = {};
    const auto none = [](const auto& column, auto value) {
      return std::all_of(column.begin(), column.end(), [&](auto item) { return item == value; });
    };
    if (none(out_.stretch, 0u)) out_.stretch = {};
    if (none(out_.name, kNoIndex)) out_.name = {};
  }

  // ---- arrows ----

  void add_dependences() {
    std::vector<FlowEnd>& flows = events_.flows;
    if (!events_.has_ac2g) flows.insert(flows.end(), events_.correlated.begin(), events_.correlated.end());
    events_.correlated = {};
    if (flows.empty() || out_.start.empty()) return;
    std::stable_sort(flows.begin(), flows.end(), [](const FlowEnd& a, const FlowEnd& b) {
      return std::tie(a.id, a.time) < std::tie(b.id, b.time) ||
             (std::tie(a.id, a.time) == std::tie(b.id, b.time) && a.phase == 's' && b.phase != 's');
    });
    rows_of_thread_.resize(events_.threads.size());
    for (std::uint32_t r = 0; r < placed_.size(); ++r) rows_of_thread_[placed_[r].thread].push_back(r);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> waits;
    std::uint32_t from = kNoIndex;
    for (std::size_t i = 0; i < flows.size(); ++i) {
      if (i % (std::size_t{1} << 18) == 0) go_on();
      if (i > 0 && flows[i].id != flows[i - 1].id) from = kNoIndex;
      const std::uint32_t span = span_of(flows[i]);
      if (flows[i].phase != 's' && from != kNoIndex && span != kNoIndex && span != from) waits.emplace_back(span, from);
      if (flows[i].phase != 'f') from = span;
    }
    std::sort(waits.begin(), waits.end());
    waits.erase(std::unique(waits.begin(), waits.end()), waits.end());
    if (waits.empty() || waits.size() >= kNoIndex) return;
    out_.dep_begin.assign(out_.start.size() + 1, 0);
    for (const auto& [span, dep] : waits) {
      ++out_.dep_begin[span + std::size_t{1}];
      out_.deps.push_back(dep);
    }
    std::partial_sum(out_.dep_begin.begin(), out_.dep_begin.end(), out_.dep_begin.begin());
  }

  /// The innermost slice of the thread at the time; for an arrow that does not say so, if there is none, the next one.
  std::uint32_t span_of(const FlowEnd& end) const {
    const std::int64_t time = end.time - zero_;
    const std::vector<std::uint32_t>& rows = rows_of_thread_[end.thread];
    std::uint64_t next = kNoIndex;
    for (auto r = rows.rbegin(); r != rows.rend(); ++r) {
      const PlacedRow& row = placed_[*r];
      const auto begin = out_.start.begin();
      const auto after = std::upper_bound(begin + static_cast<std::ptrdiff_t>(row.begin),
                                          begin + static_cast<std::ptrdiff_t>(row.end), time);
      const auto i = static_cast<std::uint64_t>(after - begin);
      if (i > row.begin && (out_.end[i - 1] > time || out_.start[i - 1] == time))
        return static_cast<std::uint32_t>(i - 1);
      if (i < row.end && (next == kNoIndex || out_.start[i] < out_.start[next])) next = i;
    }
    return end.encloses ? kNoIndex : static_cast<std::uint32_t>(next);
  }

  // ---- facts ----

  ImportedEvents events_;
  const std::string& path_;
  ImportedFacts facts_;
  std::atomic<double>& share_;
  const std::atomic<bool>& stop_;
  bool ours_ = false, any_half_ = false;
  std::vector<SpanClass> classes_;  ///< by Slice::kind
  std::vector<bool> is_own_;
  std::vector<std::vector<std::uint32_t>> threads_of_, series_of_;  ///< by process
  std::int32_t rank_number_ = 0;                                    ///< of the process that is being added
  std::int64_t zero_ = 0;
  std::uint64_t total_ = 0, done_ = 0, lost_ = 0, of_unknown_group_ = 0;
  std::vector<PlacedRow> placed_;
  std::vector<std::vector<std::uint32_t>> rows_of_thread_;  ///< into placed_
  RunColumns out_;
};

}  // namespace

RunColumns import_json(ByteSource& source, const std::string& file, const Progress& progress) {
  ImportedEvents events;
  bool wanted = true;
  const ChromeFile rest = read_chrome_json(
      source, file, [&](std::span<const ChromeEvent> some) { events.take(some); },
      [&] { return wanted = !progress || progress(kReading * source.share(), "reading"); });
  if (!wanted) throw Cancelled();
  std::atomic<double> share = kReading;
  return patiently(progress, share, "sorting", [&](const std::atomic<bool>& stop) {
    return Columns(std::move(events), rest, file, share, stop).make();
  });
}

}  // namespace braid
