// SPDX-License-Identifier: Apache-2.0
// Counters of a run as charts: which there are, their series at common instants, and what a stretch of time holds.
//
// A series keeps a value from its instant to the next. What a stretch of time holds is found without a look at all of
// it: lowest and highest value or sum by blocks of instants, the mean by sums from the begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

struct Chart {
  enum class Kind { memory, links, occupancy, other };
  Kind kind = Kind::memory;
  std::int32_t rank = -1;  ///< position in RunView::ranks; -1: of the whole cluster
  std::string title;       ///< "memory of rank 3"
  bool operator==(const Chart&) const = default;
};
/// The charts that the run has counters for, rank by rank, those of the cluster last.
std::vector<Chart> charts_of(const RunView& run);

/// Where the lowest and the highest of some values are, without looking at all of them.
class Extremes {
 public:
  Extremes() = default;
  /// Borrows the values.
  explicit Extremes(const std::vector<double>& values);
  struct Found {
    std::size_t low = 0, high = 0;  ///< the first of equals
  };
  /// Of values first .. last - 1, at least one.
  Found between(std::size_t first, std::size_t last) const;

 private:
  static constexpr std::size_t kBlock = 64;
  const std::vector<double>* values_ = nullptr;
  std::vector<Found> blocks_;  ///< of each 64 values
};

class ChartData {
 public:
  enum class Unit { bytes, share, activations, none };
  struct Series {
    std::string name;
    CounterKind counter = CounterKind::none;
    std::vector<double> value;  ///< by instant
  };
  struct Instants {
    std::size_t first = 0, last = 0;  ///< [first, last)
    bool empty() const { return first == last; }
  };

  ChartData(const Trace& trace, Chart chart);
  ChartData(const ChartData&) = delete;
  ChartData& operator=(const ChartData&) = delete;

  const Chart& chart() const { return chart_; }
  bool stacked() const { return stacked_; }  ///< the series add up
  Unit unit() const { return unit_; }
  double capacity() const { return capacity_; }  ///< 0: not known
  const std::vector<std::int64_t>& time() const { return time_; }
  const std::vector<Series>& series() const { return series_; }  ///< from the bottom of a stack to its top
  double sum(std::size_t instant) const { return sum_[instant]; }
  double highest() const { return highest_; }  ///< of the stack, or of all series

  /// The instants whose values hold at some time of the range; the one before it is in it unless one is at its begin.
  Instants in_force(TimeRange range) const;
  /// Of the sum of the stack, or of one series; the instants are not empty.
  Extremes::Found extremes(Instants instants) const;
  Extremes::Found extremes(Instants instants, std::size_t series) const;
  /// Mean of a series over the range, of which these instants are in force; 0 before the first instant.
  double mean(TimeRange range, Instants instants, std::size_t series) const;
  /// The last instant at or before the time, or none before the first: time().size().
  std::size_t at(std::int64_t time) const;

  /// "12.3 GB", "45.6 %", "3".
  std::string text(double value) const;
  /// "activations 12.3 GB, deferred W 1.1 GB, all 61.2 GB": what the chart shows at a time, from the top.
  std::string values_at(std::int64_t time) const;

 private:
  void add_series(const RunView& run);
  void sum_up();

  Chart chart_;
  bool stacked_ = false;
  Unit unit_ = Unit::none;
  double capacity_ = 0;
  double highest_ = 0;
  std::vector<std::int64_t> time_;
  std::vector<Series> series_;
  std::vector<double> sum_;
  Extremes of_sum_;
  std::vector<Extremes> of_series_;
  std::vector<std::vector<double>> area_;  ///< by series and instant: value x ns from the first instant to this one
};

/// "20 GB", "50 %": a mark of an axis that ends at `highest`, in one unit with the others.
std::string tick_text(double tick, double highest, ChartData::Unit unit);

/// The round numbers below `highest` that an axis of `most` marks shows, from 0 on: steps of 1, 2 or 5 times a power of
/// ten, of bytes in the unit (GB) that reads best.
std::vector<double> ticks(double highest, int most, ChartData::Unit unit);

}  // namespace braid
