// SPDX-License-Identifier: Apache-2.0
// How far a measured run may be from its prediction: limits.toml, one table a placement.
#pragma once

#include <map>
#include <optional>
#include <string>

namespace braid {

/// Exit code of a validation that broke a limit.
inline constexpr int kBeyondLimits = 3;

/// Limits of one placement; what is absent is not judged. Percent of the measured value unless said otherwise.
struct PlacementLimits {
  std::optional<double> step_error_percent;            ///< of each run's step time
  std::optional<double> mean_step_error_percent;       ///< mean of their absolute values
  std::optional<double> traced_over_untraced_percent;  ///< beyond it durations of the trace are not compared at all
  std::optional<double> unit_error_percent;            ///< of the durations of a class of compute ops, in sum
  std::optional<double> communication_error_percent;   ///< the same for collectives, messages and copies
  double least_class_percent = 0;                      ///< classes with less of all ops' time are not judged
  std::optional<double> inversions_percent;            ///< order inversions, of pairs of ops on different lanes
  std::optional<double> start_drift_percent;           ///< largest difference of a start, of the step
  std::optional<double> memory_error_percent;          ///< of the peak of each rank
  bool order = false;                                  ///< schedules that are apart must be in the predicted order
};

struct Limits {
  std::map<std::string, PlacementLimits> placements;  ///< "host", "partition", "replay", "multi"
};

/// Reads limits.toml. Throws Error with file, line, column and key of every fault: a key or placement that is unknown
/// (with the nearest known), a negative or missing number.
Limits read_limits(const std::string& path);
Limits parse_limits(const std::string& toml, const std::string& path);

}  // namespace braid
