// SPDX-License-Identifier: Apache-2.0
// Which share of any stretch of a row each category takes: what a zoomed-out pixel shows.
//
// A row is cut into buckets of equal length, about four spans each; kept is how much time each category has had up to
// each bucket's edge, and again at every 4th, 16th, ... edge, so that neighbouring pixels read neighbouring memory. A
// pixel's share is a difference of two such sums: what is painted adds up to what is there at every zoom, and a query
// costs pixels, not spans. Between edges a sum grows linearly: an edge in the picture is smeared by less than a pixel.
// Where a pixel holds four spans or fewer, the spans themselves are read. Never "the longest span wins".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gui/model/time_map.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

class Coverage {
 public:
  /// Over all span rows of the run, on up to `threads` threads. Borrows the run.
  explicit Coverage(const RunView& run, int threads = 2);
  ~Coverage();
  Coverage(const Coverage&) = delete;
  Coverage& operator=(const Coverage&) = delete;

  /// The categories that the row has, in their own order, in which shares of it are given; empty for a counter row. A
  /// braid counts half for each of its halves, as `RunView::half` says.
  std::span<const Category> categories(std::size_t row) const;

  /// Shares by pixel and category of the row: out[pixel * categories(row).size() + c] in 0..1, for the pixels
  /// [0, map.width). `out` has room for them. The rest to 1 is empty; time outside of the run is.
  void shares(std::size_t row, const TimeMap& map, std::span<float> out) const;
  /// The same for the pixels [from, to) of a grid, out[0] being those of `from`. What a pixel gets depends on where it
  /// lies in the grid, not on what else is asked for.
  void shares(std::size_t row, const PixelGrid& grid, std::int64_t from, std::int64_t to, std::span<float> out) const;

  /// Nanoseconds of each category in the range, exact to the half nanosecond.
  std::array<double, kCategories> times(std::size_t row, TimeRange range) const;

  /// Whether single spans are wider than a pixel there on average: then they are worth drawing one by one.
  bool draws_spans(std::size_t row, const TimeMap& map) const;

  /// The first span of the row that ends after the time; the row's end if there is none.
  std::uint32_t first_span(std::size_t row, std::int64_t time) const;
  /// Pixels that are taken from spans or from sums together, counted in the grid, so that a view may begin anywhere.
  static constexpr std::int64_t kSegment = 64;
  static std::int64_t segment_of(const PixelGrid& grid, std::int64_t pixel) {
    return ((grid.first + pixel) & ~(kSegment - 1)) - grid.first;
  }
  /// No fewer than the spans that touch the pixels [from, to) of the grid, and few more.
  std::uint64_t spans_within(std::size_t row, const PixelGrid& grid, std::int64_t from, std::int64_t to) const;

  std::size_t bytes() const;  ///< of memory

 private:
  struct Row;
  const RunView run_;
  std::vector<Row> rows_;
};

}  // namespace braid
