// SPDX-License-Identifier: Apache-2.0
// Two runs held against each other span by span, joined by OpKey: residuals, and the difference over time.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

/// A class of ops (or one op) in both runs; seconds are ns. Positive differences: the first run is slower.
struct Residual {
  std::string name;  ///< class_of(), or the op's label with its rank
  Category category = Category::other;
  std::uint64_t count = 0;
  double first = 0, second = 0;                                 ///< total durations
  double absolute = 0;                                          ///< sum of |first - second| of each op
  std::uint32_t first_span = kNoIndex, second_span = kNoIndex;  ///< the op with the largest difference
};

struct RunComparison {
  std::int64_t first_step = 0, second_step = 0;
  std::vector<Residual> classes;                                ///< by absolute, largest first
  std::vector<Residual> ops;                                    ///< the ops that differ most, at most 1000
  std::array<double, kCategories> first_time{}, second_time{};  ///< mean over ranks, idle causes among them
  std::uint64_t only_first = 0, only_second = 0;                ///< ops that the other does not have
  /// For the first run's spans: the matching span of the second; kNoIndex if there is none.
  std::vector<std::uint32_t> match;
};

/// Ops are joined by key within ranks of the same place (pp, tp, dp; folded runs by pp alone). Runs of different
/// schedules or splits share no ops or few: then classes are compared by their totals and `match` is sparse.
RunComparison compare_runs(const Trace& first, const Trace& second);

/// For a band between two timelines, over pixels of `map`, means over ranks.
struct DifferenceBand {
  std::vector<float> first_busy, second_busy;  ///< share of the pixel in which the compute lane works
};
DifferenceBand difference_band(const Trace& first, const Trace& second, const TimeMap& map);

}  // namespace braid
