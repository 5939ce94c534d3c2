// SPDX-License-Identifier: Apache-2.0
// Which share of any stretch of a row each category takes: what a zoomed-out pixel shows.
//
// A pyramid of buckets a row, each twice as long as those of the level below; spans themselves where a pixel is shorter
// than a bucket of the lowest level. So a query costs pixels, not spans, and shares are true at every zoom: over a
// range of many pixels they are off by less than 0.1 % (what 16 bits round away). Never "the longest span wins".
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gui/model/time_map.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// Shares of one pixel by the slots of its row (RowCoverage::categories); the rest of it is empty.
class RowCoverage;

class Coverage {
 public:
  /// Over all span rows of the run, on up to `threads` threads. Borrows the run.
  explicit Coverage(const RunView& run, int threads = 2);
  ~Coverage();
  Coverage(const Coverage&) = delete;
  Coverage& operator=(const Coverage&) = delete;

  /// The categories that the row has, in the order in which shares of it are given; empty for a counter row. A braid
  /// counts for each half as `RunView::half` says.
  std::span<const Category> categories(std::size_t row) const;

  /// Shares by pixel and category of the row: out[pixel * categories(row).size() + c] in 0..1, for the pixels
  /// [0, map.width). `out` has room for them. Time outside of the run is empty.
  void shares(std::size_t row, const TimeMap& map, std::span<float> out) const;

  /// Nanoseconds of each category in the range, exact to the nanosecond: whole buckets from sums, the ends from spans.
  std::array<double, kCategories> times(std::size_t row, TimeRange range) const;

  /// Whether single spans are wider than a pixel there on average: then they are drawn one by one, else as shares.
  bool draws_spans(std::size_t row, const TimeMap& map) const;

  std::size_t bytes() const;  ///< of memory

 private:
  struct Row;
  const RunView run_;
  std::vector<Row> rows_;
};

}  // namespace braid
