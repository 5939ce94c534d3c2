// SPDX-License-Identifier: Apache-2.0
// Recorded runs held against the prediction of today.
#pragma once

#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/scenario/scenario.hpp"
#include "validate/prediction/prediction.hpp"
#include "validate/recording/recording.hpp"
#include "validate/report/limits.hpp"
#include "validate/report/validation_report.hpp"

namespace braid {

/// Attached to a recording: what each work took by itself on the placement (measured_works.hpp).
inline constexpr const char* kWorksFile = "works.csv";

/// What a recorded run ran, and how long that should take.
struct RecordedPrediction {
  Scenario scenario;
  Prediction prediction;
};

/// From the recording's scenario, profile and works, on an ideal network; the recorded rank alone if it is a replay.
/// Throws Error naming `folder` if the scenario has no run of that label, or as readers and generators do.
RecordedPrediction predict(const Recording& recording, const std::string& folder);

/// Recordings of one scenario on one placement, one GPU and, in replays, of one rank, in one report: `names` are their
/// folders, by run.
struct CheckedRecordings {
  std::vector<std::string> names;
  ValidationReport report;
};

/// Reads `folder` if it holds a run.json, else every folder in it that does, by name; predicts and judges. Recordings
/// with the same scenario, placement, GPU and rank are judged together: only they have an order. None there: an empty
/// list. Throws Error if one cannot be read, is no run of its program (verify()), or cannot be predicted.
std::vector<CheckedRecordings> check_recordings(const std::string& folder, const Limits& limits);

/// One issue for each broken limit, where = the recording's name (or all of them), what = the limit, what was found,
/// and the class, op or rank that is beyond it.
std::vector<Issue> broken(const std::vector<CheckedRecordings>& checked);

}  // namespace braid
