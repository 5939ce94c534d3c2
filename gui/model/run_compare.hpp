// SPDX-License-Identifier: Apache-2.0
// Two runs held against each other span by span, joined by OpKey: residuals, and the difference over time.
//
// compare_timelines() of sim/report says more of two runs of one Program. It and this agree on the classes, their
// counts and totals where both runs are simulated. They differ where one is measured: there a member of a collective,
// or an end of a message, counts from when the last one came, which takes the Program to know; here a span counts as
// long as it was, waiting included. Ranks that one run has and the other folds away count there as often as the
// measured run has them, here as often as the run that has more of them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

/// A class of ops (or one op) in both runs; times are ns. Positive differences: the first run is slower.
struct Residual {
  std::string name;  ///< class_of(), or the op's label with its rank
  Category category = Category::other;
  std::uint64_t count = 0;                                      ///< ops that both have
  std::uint64_t first_count = 0, second_count = 0;              ///< all of them, joined or not
  double first = 0, second = 0;                                 ///< total durations of all of them
  double absolute = 0;                                          ///< sum of |first - second| of each op that both have
  std::uint32_t first_span = kNoIndex, second_span = kNoIndex;  ///< the op with the largest difference

  double difference() const { return first - second; }
};

struct RunComparison {
  std::int64_t first_step = 0, second_step = 0;
  std::vector<Residual> classes;  ///< by absolute, largest first; those without a common op by |difference| behind them
  std::vector<Residual> ops;      ///< the ops that differ most, at most 1000
  std::array<double, kCategories> first_time{}, second_time{};  ///< mean over ranks, idle causes among them
  std::uint64_t joined = 0;                                     ///< pairs of ops
  std::uint64_t only_first = 0, only_second = 0;                ///< ops that the other does not have
  /// For the first run's spans: the matching span of the second; kNoIndex if there is none. Passes are matched as
  /// well, but are no ops.
  std::vector<std::uint32_t> match;

  double first_busy() const;  ///< of the compute lanes, mean over ranks, ns
  double second_busy() const;
};

/// Ops are joined by key within the lanes of ranks of the same place (pp, tp, dp). Where a run has fewer ranks at a
/// pipeline place (it is folded), its first one stands for the others; `match` names the first. Ranks without a place
/// are joined by their numbers. Ops without a key are joined by name, equal ones in their order. Runs of different
/// schedules or splits share no ops or few: then classes are compared by their totals and `match` is sparse.
RunComparison compare_runs(const Trace& first, const Trace& second);

/// Share of each pixel of the map in which the compute lane works, mean over ranks.
std::vector<float> busy_shares(const Trace& trace, const TimeMap& map);

/// For a band between two timelines, over pixels of `map`, means over ranks.
struct DifferenceBand {
  std::vector<float> first_busy, second_busy;  ///< share of the pixel in which the compute lane works
};
/// `first_shift` and `second_shift` are added to the times of the runs before they are held against each other.
DifferenceBand difference_band(const Trace& first, const Trace& second, const TimeMap& map,
                               std::int64_t first_shift = 0, std::int64_t second_shift = 0);

}  // namespace braid
