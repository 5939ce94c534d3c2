// SPDX-License-Identifier: Apache-2.0
// Recorded runs held against the prediction of today.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"
#include "validate/recording/recording.hpp"
#include "validate/report/limits.hpp"
#include "validate/report/validation_report.hpp"

namespace braid {

/// What a recorded run ran, and how long that should take.
struct Prediction {
  std::string scenario;  ///< its name
  Cluster cluster;
  Program program;
  Costs costs;
  Timeline timeline;
};

/// From the recording's scenario and profile, on an ideal network; the recorded rank alone if it is a replay. Throws
/// Error naming `folder` if the scenario has no run of that label, or as readers and generators do.
Prediction predict(const Recording& recording, const std::string& folder);

/// How a caller predicts, with attached files that it knows of say.
using Predict = std::function<Prediction(const Recording&, const std::string& folder)>;

/// Recordings of one scenario on one placement and one GPU, in one report: `names` are their folders, by run.
struct CheckedRecordings {
  std::vector<std::string> names;
  ValidationReport report;
};

/// Reads every folder in `folder` that holds a run.json, by name, predicts and judges it. Recordings with the same
/// scenario, placement and GPU are judged together. None there: an empty list. Throws Error if one cannot be read, is
/// no run of its program (verify()), or cannot be predicted.
std::vector<CheckedRecordings> check_recordings(const std::string& folder, const Limits& limits,
                                                const Predict& predict = braid::predict);

/// One issue for each broken limit, where = the recording's name (or all of them), what = the limit, what was found,
/// and the class, op or rank that is beyond it.
std::vector<Issue> broken(const std::vector<CheckedRecordings>& checked);

}  // namespace braid
