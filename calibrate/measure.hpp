// SPDX-License-Identifier: Apache-2.0
// What braid-calibrate does on a GPU. measure_gpu.cpp where the build has CUDA, measure_none.cpp where it has not.
#pragma once

#include <string>
#include <vector>

#include "calibrate/method/plan.hpp"

namespace braid {

struct MeasureOptions {
  std::string out;    ///< folder of the tables; made if it is not there
  PlanChoice choice;  ///< which sweeps
  int shape = -1;     ///< of the layer sweep, see gpu::Bench
  int sms = 0;        ///< on a partition of so many SMs; 0: the whole GPU
};

inline constexpr int kSkipped = 77;  ///< exit code: no GPU, or built without CUDA

/// What this build cannot measure, and why: a line for each library that it lacks.
std::vector<std::string> not_measured();

/// Runs the sweeps and returns the exit code: 0, 1 (a kernel computes wrongly), 2 (a sweep failed), 77 or 130 (Ctrl-C).
/// Throws Error for options that make no sense together or name a sweep that this build lacks.
int measure(const MeasureOptions& options);

}  // namespace braid
