// SPDX-License-Identifier: Apache-2.0
// Runs sweeps one after another and the points of each, in order, until all are measured, the allowance is used up or
// the user stops. Host only: what a point does is the caller's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "calibrate/method/budget.hpp"
#include "calibrate/method/progress_line.hpp"

namespace braid {

/// A piece of a sweep that is measured whole or not at all.
struct Point {
  int weight = 1;  ///< points it stands for in the progress; 0: a preparation of the points behind it
  std::function<void()> measure;
};

/// Measures `points` while `budget` lasts; it is asked before each of them. `progress` may be null.
void measure_points(const std::vector<Point>& points, const Budget& budget, ProgressLine* progress);

struct SweepTask {
  std::string name;
  double seconds;  ///< its allowance
  std::function<void(const Budget&)> run;
};

enum class SweepEnd { whole, cut, failed, not_begun };
struct SweepResult {
  std::string name;
  SweepEnd end = SweepEnd::not_begun;
  std::string error;  ///< of a failed one
};

/// Runs the tasks in order. One that throws is reported and the next begins; after `stop` none begins.
std::vector<SweepResult> run_sweeps(const std::vector<SweepTask>& tasks, ProgressLine& progress,
                                    const std::function<bool()>& stop);

}  // namespace braid
