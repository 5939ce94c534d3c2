// SPDX-License-Identifier: Apache-2.0
#include "gui/model/run_compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "gui/model/class_numbers.hpp"
#include "gui/model/costliest.hpp"
#include "gui/model/op_join.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostOps = 1000;

/// By rank: its rows of spans by lane, and behind the lanes the passes.
using RowsByLane = std::array<std::vector<std::uint32_t>, kLanes + 1>;

std::vector<RowsByLane> rows_by_rank(const RunView& run) {
  std::vector<RowsByLane> all(run.ranks.size());
  for (std::uint32_t row = 0; row < run.rows.size(); ++row) {
    const RunRow& one = run.rows[row];
    if (one.kind == RowKind::counter || one.rank < 0) continue;
    const std::size_t lane = one.kind == RowKind::passes ? kLanes : static_cast<std::size_t>(one.lane);
    all[static_cast<std::size_t>(one.rank)][lane].push_back(row);
  }
  return all;
}

/// Mean of the time of each category, on the lanes, over all GPUs that the ranks stand for.
std::array<double, kCategories> mean_times(const Trace& trace) {
  std::array<double, kCategories> sum{};
  const RunView& run = trace.run();
  const std::vector<int>& gpus = trace.facts().gpus;
  const auto weight = [&](std::size_t rank) { return rank < gpus.size() ? static_cast<double>(gpus[rank]) : 1.0; };
  for (std::size_t row = 0; row < run.rows.size(); ++row) {
    if (run.rows[row].kind != RowKind::lane) continue;
    const auto times = trace.coverage().times(row, trace.extent());
    const double counts = run.rows[row].rank < 0 ? 1 : weight(static_cast<std::size_t>(run.rows[row].rank));
    for (std::size_t c = 0; c < kCategories; ++c) sum[c] += counts * times[c];
  }
  double all = 0;
  for (std::size_t rank = 0; rank < run.ranks.size(); ++rank) all += weight(rank);
  for (double& time : sum) time /= std::max(all, 1.0);
  return sum;
}

std::int64_t step_of(const Trace& trace) {
  return trace.facts().step_time_ns > 0 ? trace.facts().step_time_ns : trace.extent().length();
}

double busy(const std::array<double, kCategories>& time) {
  double sum = 0;
  for (std::size_t c = 0; c < kCategories; ++c) {
    if (is_compute(static_cast<Category>(c))) sum += time[c];
  }
  return sum;
}

class RunComparer {
 public:
  RunComparer(const Trace& first, const Trace& second)
      : first_(first.run()),
        second_(second.run()),
        first_rows_(rows_by_rank(first_)),
        second_rows_(rows_by_rank(second_)),
        first_classes_(first_),
        second_classes_(second_),
        in_second_(second_.spans()),
        join_(first_, second_) {}

  void compare(RunComparison& result) {
    result.match.assign(first_.spans(), kNoIndex);
    std::set<std::size_t> first_done, second_done;
    for (const auto& [first, second] : rank_pairs(first_, second_)) {
      first_done.insert(first);
      second_done.insert(second);
      for (std::size_t lane = 0; lane <= kLanes; ++lane) compare_lane(first, second, lane, result);
    }
    const RowsByLane none;
    for (std::size_t rank = 0; rank < first_rows_.size(); ++rank) {
      if (!first_done.contains(rank)) count_all(first_rows_[rank], none);
    }
    for (std::size_t rank = 0; rank < second_rows_.size(); ++rank) {
      if (!second_done.contains(rank)) count_all(none, second_rows_[rank]);
    }
    result.only_first = alone(first_, [&](std::uint32_t span) { return result.match[span] != kNoIndex; });
    result.only_second = alone(second_, [&](std::uint32_t span) { return in_second_[span]; });
    result.classes = classes();
    for (const Pair& pair : ops_.take()) result.ops.push_back(residual_of(pair));
  }

 private:
  struct Pair {
    std::uint32_t first = kNoIndex, second = kNoIndex;
  };
  struct Side {
    std::uint64_t count = 0;
    double time = 0;
  };
  struct Joined {
    std::uint64_t count = 0;
    double absolute = 0, largest = -1;
    Pair worst;
  };

  static double length(const RunView& run, std::uint32_t span) {
    return static_cast<double>(run.end[span] - run.start[span]);
  }
  template <typename Sum>
  static Sum& at(std::vector<Sum>& sums, std::uint32_t i) {
    if (i >= sums.size()) sums.resize(i + 1);
    return sums[i];
  }

  void compare_lane(std::size_t first, std::size_t second, std::size_t lane, RunComparison& result) {
    const auto& first_rows = first_rows_[first][lane];
    const auto& second_rows = second_rows_[second][lane];
    const bool passes = lane == kLanes;
    if (!passes) {
      count_lane(first_, first_rows, first_classes_, first_sums_);
      count_lane(second_, second_rows, second_classes_, second_sums_);
    }
    join_.rows(first_rows, second_rows, [&](std::uint32_t a, std::uint32_t b) {
      if (result.match[a] == kNoIndex) result.match[a] = b;
      in_second_[b] = true;
      if (passes) return;
      ++result.joined;
      const double apart = std::abs(length(first_, a) - length(second_, b));
      Joined& sum = at(joined_, first_classes_.of(a, static_cast<Lane>(lane)));
      ++sum.count;
      sum.absolute += apart;
      if (apart > sum.largest) sum.largest = apart, sum.worst = {a, b};
      if (apart > 0) ops_.offer(apart, {a, b});
    });
  }

  void count_all(const RowsByLane& first, const RowsByLane& second) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      count_lane(first_, first[lane], first_classes_, first_sums_);
      count_lane(second_, second[lane], second_classes_, second_sums_);
    }
  }

  static void count_lane(const RunView& run, const std::vector<std::uint32_t>& rows, ClassNumbers& classes,
                         std::vector<Side>& sums) {
    for (const std::uint32_t row : rows) {
      for (auto span = static_cast<std::uint32_t>(run.rows[row].begin); span < run.rows[row].end; ++span) {
        if (is_idle(run.category[span])) continue;
        Side& sum = at(sums, classes.of(span, run.rows[row].lane));
        ++sum.count;
        sum.time += length(run, span);
      }
    }
  }

  template <typename HasMatch>
  static std::uint64_t alone(const RunView& run, HasMatch has_match) {
    std::uint64_t count = 0;
    for (const RunRow& row : run.rows) {
      if (row.kind != RowKind::lane) continue;
      for (auto span = static_cast<std::uint32_t>(row.begin); span < row.end; ++span) {
        count += !is_idle(run.category[span]) && !has_match(span);
      }
    }
    return count;
  }

  std::vector<Residual> classes() {
    std::map<std::string, Residual> by_name;
    const auto named = [&](const ClassNumbers& of, std::uint32_t i) -> Residual& {
      Residual& one = by_name[of.name(i)];
      if (one.name.empty()) one.name = of.name(i), one.category = of.category(i);
      return one;
    };
    for (std::uint32_t i = 0; i < first_sums_.size(); ++i) {
      Residual& one = named(first_classes_, i);
      one.first_count += first_sums_[i].count;
      one.first += first_sums_[i].time;
    }
    for (std::uint32_t i = 0; i < second_sums_.size(); ++i) {
      Residual& one = named(second_classes_, i);
      one.second_count += second_sums_[i].count;
      one.second += second_sums_[i].time;
    }
    for (std::uint32_t i = 0; i < joined_.size(); ++i) {
      if (joined_[i].count == 0) continue;
      Residual& one = named(first_classes_, i);
      one.count = joined_[i].count;
      one.absolute = joined_[i].absolute;
      one.first_span = joined_[i].worst.first;
      one.second_span = joined_[i].worst.second;
    }
    std::vector<Residual> all;
    for (auto& [name, one] : by_name) {
      if (one.first_count + one.second_count > 0) all.push_back(std::move(one));
    }
    std::ranges::stable_sort(all, [](const Residual& a, const Residual& b) {
      if ((a.count > 0) != (b.count > 0)) return a.count > 0;
      return a.count > 0 ? a.absolute > b.absolute : std::abs(a.difference()) > std::abs(b.difference());
    });
    return all;
  }

  Residual residual_of(const Pair& pair) const {
    const auto rank = static_cast<std::size_t>(first_.rows[first_.row_of(pair.first)].rank);
    const double first = length(first_, pair.first), second = length(second_, pair.second);
    return {.name = label_of(first_, pair.first) + ", " + rank_name(first_, rank),
            .category = first_.category[pair.first],
            .count = 1,
            .first_count = 1,
            .second_count = 1,
            .first = first,
            .second = second,
            .absolute = std::abs(first - second),
            .first_span = pair.first,
            .second_span = pair.second};
  }

  const RunView& first_;
  const RunView& second_;
  std::vector<RowsByLane> first_rows_, second_rows_;
  ClassNumbers first_classes_, second_classes_;
  std::vector<Side> first_sums_, second_sums_;  ///< by class of the run
  std::vector<Joined> joined_;                  ///< by class of the first run
  std::vector<bool> in_second_;                 ///< spans of the second run that have a match
  OpJoin join_;
  Costliest<Pair> ops_{kMostOps};
};

}  // namespace

double RunComparison::first_busy() const { return busy(first_time); }
double RunComparison::second_busy() const { return busy(second_time); }

RunComparison compare_runs(const Trace& first, const Trace& second) {
  RunComparison result{.first_step = step_of(first), .second_step = step_of(second)};
  result.first_time = mean_times(first);
  result.second_time = mean_times(second);
  RunComparer(first, second).compare(result);
  return result;
}

std::vector<float> busy_shares(const Trace& trace, const TimeMap& map) {
  const RunView& run = trace.run();
  const auto pixels = static_cast<std::size_t>(std::max(0.0, std::floor(map.width)));
  std::vector<float> busy(pixels), shares;
  std::set<std::int32_t> ranks;
  for (std::size_t row = 0; row < run.rows.size(); ++row) {
    const std::span<const Category> categories = trace.coverage().categories(row);
    if (run.rows[row].kind != RowKind::lane || std::ranges::none_of(categories, is_compute)) continue;
    ranks.insert(run.rows[row].rank);
    shares.assign(pixels * categories.size(), 0);
    trace.coverage().shares(row, map, shares);
    for (std::size_t x = 0; x < pixels; ++x) {
      for (std::size_t c = 0; c < categories.size(); ++c) {
        if (is_compute(categories[c])) busy[x] += shares[x * categories.size() + c];
      }
    }
  }
  for (float& share : busy) share = std::min(1.0f, share / static_cast<float>(std::max<std::size_t>(ranks.size(), 1)));
  return busy;
}

DifferenceBand difference_band(const Trace& first, const Trace& second, const TimeMap& map, std::int64_t first_shift,
                               std::int64_t second_shift) {
  const auto moved = [&](std::int64_t shift) {
    return TimeMap{{map.range.begin - shift, map.range.end - shift}, map.width};
  };
  return {.first_busy = busy_shares(first, moved(first_shift)),
          .second_busy = busy_shares(second, moved(second_shift))};
}

}  // namespace braid
