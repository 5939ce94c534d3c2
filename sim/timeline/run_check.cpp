// SPDX-License-Identifier: Apache-2.0
// check(RunView): a reader indexes by what a file says, so nothing of it is believed before this has seen it.
#include <algorithm>
#include <limits>

#include "sim/timeline/run_file.hpp"

namespace braid {
namespace {

constexpr std::int64_t kLatest = std::int64_t{1} << 60;

class Checker {
 public:
  explicit Checker(const RunView& run) : run_(run) {}

  std::vector<Issue> all() {
    lengths();
    names();
    // Past here others index by what these say.
    if (!issues_.empty()) return std::move(issues_);
    rows();
    if (!issues_.empty()) return std::move(issues_);
    spans();
    indexes();
    return std::move(issues_);
  }

 private:
  void fault(std::string where, std::string what) {
    constexpr std::size_t kMost = 5;
    if (issues_.size() < kMost) issues_.push_back({std::move(where), std::move(what)});
  }

  template <typename T>
  void optional_column(const char* name, std::span<const T> column, std::size_t more = 0) {
    if (!column.empty() && column.size() != run_.spans() + more) fault(name, "has another length than the spans");
  }

  void lengths() {
    const std::size_t n = run_.spans();
    if (n >= kNoIndex) fault("spans", "are more than 2^32");
    if (run_.end.size() != n || run_.category.size() != n) fault("columns", "have different lengths");
    if (run_.deps.size() >= kNoIndex) fault("deps", "are more than 2^32");
    optional_column("half", run_.half);
    optional_column("key", run_.key);
    optional_column("name", run_.name);
    optional_column("work", run_.work);
    optional_column("stretch", run_.stretch);
    optional_column("dep_begin", run_.dep_begin, 1);
    if (run_.dep_begin.empty() && !run_.deps.empty()) fault("deps", "are there without dep_begin");
  }

  void names() {
    const auto& begin = run_.name_begin;
    const bool whole = begin.empty() ? run_.name_chars.empty()
                                     : begin.front() == 0 && begin.back() == run_.name_chars.size() &&
                                           std::is_sorted(begin.begin(), begin.end());
    if (!whole) fault("names", "contradict themselves");
  }

  bool is_name(std::uint32_t i) const { return i == kNoIndex || i < run_.names(); }

  void rows() {
    for (const RunRank& rank : run_.ranks) {
      if (!is_name(rank.name)) fault("ranks", "have a name that is not there");
    }
    std::uint64_t next_span = 0, next_point = 0;
    for (const RunRow& row : run_.rows) {
      const bool known = row.kind <= RowKind::counter && static_cast<int>(row.lane) < kLanes &&
                         static_cast<int>(row.counter) < kCounterKinds;
      if (!known || row.rank < -1 || row.rank >= static_cast<std::int64_t>(run_.ranks.size()) || !is_name(row.name)) {
        return fault("rows", "have a rank, a kind or a name that is not there");
      }
      std::uint64_t& next = row.kind == RowKind::counter ? next_point : next_span;
      if (row.begin != next || row.end < row.begin) return fault("rows", "do not follow one another");
      next = row.end;
    }
    if (next_span != run_.spans() || next_point != run_.points.size()) fault("rows", "do not cover what is there");
  }

  void spans() {
    for (std::size_t r = 0; r < run_.rows.size(); ++r) {
      const RunRow& row = run_.rows[r];
      if (row.kind == RowKind::counter) {
        counter_points(r);
        continue;
      }
      std::int64_t free_from = -kLatest;
      for (std::uint64_t i = row.begin; i < row.end; ++i) {
        if (run_.start[i] < free_from || run_.end[i] < run_.start[i] || run_.end[i] > kLatest) {
          fault("row " + std::to_string(r),
                "span " + std::to_string(i) + " overlaps the one before it, ends before it starts, or is out of range");
          break;
        }
        free_from = run_.end[i];
      }
    }
  }

  void counter_points(std::size_t r) {
    std::int64_t last = -kLatest;
    for (std::uint64_t i = run_.rows[r].begin; i < run_.rows[r].end; ++i) {
      const CounterPoint& point = run_.points[i];
      if (point.time < last || point.time > kLatest || !(std::abs(point.value) < std::numeric_limits<double>::max())) {
        return fault("row " + std::to_string(r), "its counter goes back in time or has no value");
      }
      last = point.time;
    }
  }

  void indexes() {
    const auto count = static_cast<std::uint32_t>(run_.spans());
    const auto known = [](Category c) { return static_cast<int>(c) < kCategories; };
    if (!std::all_of(run_.category.begin(), run_.category.end(), known) ||
        !std::all_of(run_.half.begin(), run_.half.end(), known)) {
      fault("category", "is one that this Braid does not know");
    }
    if (!std::all_of(run_.name.begin(), run_.name.end(), [&](std::uint32_t i) { return is_name(i); })) {
      fault("name", "is not there");
    }
    if (!std::all_of(run_.key.begin(), run_.key.end(),
                     [](const OpKey& key) { return key.kind <= OpKind::copy_in && key.unit <= Unit::head; })) {
      fault("key", "names a kind or a unit that this Braid does not know");
    }
    if (!run_.dep_begin.empty() && (run_.dep_begin.front() != 0 || run_.dep_begin.back() != run_.deps.size() ||
                                    !std::is_sorted(run_.dep_begin.begin(), run_.dep_begin.end()))) {
      fault("dep_begin", "contradicts itself");
    }
    const auto is_span = [&](std::uint32_t i) { return i < count; };
    if (!std::all_of(run_.deps.begin(), run_.deps.end(), is_span) ||
        !std::all_of(run_.critical.begin(), run_.critical.end(), is_span)) {
      fault("deps", "name a span that is not there");
    }
  }

  const RunView& run_;
  std::vector<Issue> issues_;
};

}  // namespace

std::vector<Issue> check(const RunView& run) { return Checker(run).all(); }

}  // namespace braid
