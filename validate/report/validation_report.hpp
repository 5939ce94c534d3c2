// SPDX-License-Identifier: Apache-2.0
// What a validation found: for each schedule the prediction and the measured run held against each other, and over
// schedules whether their order by speed is the predicted one.
//
// Errors are (predicted - measured) / measured. An error smaller than the spread of the repeats is not an error.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/report/compare.hpp"
#include "sim/report/report.hpp"
#include "sim/timeline/timeline.hpp"
#include "validate/report/attribution.hpp"
#include "validate/report/limits.hpp"
#include "validate/runner/measured_run.hpp"

namespace braid {

/// Step times of the repeats of one kind.
struct StepTimes {
  int repeats = 0;  ///< 0: there are none, and the rest is 0
  Seconds median, p25, p75;
};

struct RankMemory {
  int rank = 0;     ///< as in RankTimeline of the measured run
  Bytes predicted;  ///< peak (memory.hpp)
  Bytes measured;   ///< bytes really held at most
  double error() const { return measured == predicted ? 0 : (predicted - measured) / measured; }
};

/// One schedule. Whoever draws timelines joins them with the program again.
struct ValidationRun {
  std::string schedule;  ///< its label
  Program program;
  Costs costs;
  Cluster cluster;
  Timeline predicted;
  MeasuredRun measured;
  RunReport predicted_report, measured_report;
  TimelineComparison comparison;
  Attribution attribution;
  StepTimes untraced, traced;
  std::vector<RankMemory> memory;  ///< empty: not measured
  /// For who draws it: the scenario as one text and its profile as CSV, "" where they are not known.
  std::string scenario_toml, profile_csv;

  Seconds predicted_step() const { return predicted.step_time; }
  /// What a user's step takes: without tracing.
  Seconds measured_step() const { return measured.step_time(); }
  double step_error() const { return (predicted_step() - measured_step()) / measured_step(); }
  /// Half of p75 - p25 of the step times that measured_step() is the median of, over it.
  double step_spread() const;
  /// What is left of the step's error beside the profile's and the model's: the step that was kept, with tracing,
  /// minus measured_step().
  Seconds tracing_error() const { return measured.timeline.step_time - measured_step(); }
  /// traced / untraced - 1; nothing unless both were measured.
  std::optional<double> tracing_slows_by() const;
};

/// Two schedules, the one that is measured to be faster first.
struct SpeedPair {
  std::size_t faster = 0, slower = 0;  ///< into ValidationReport::runs
  double predicted_ratio = 1;          ///< step time of `slower` over that of `faster`
  double measured_ratio = 1;           ///< >= 1
  bool apart = false;   ///< the middle halves of their repeats do not touch: there is an order to predict
  bool agrees = false;  ///< the prediction has the same order
};

/// Idle time of the mean rank that tensor-parallel collectives are to blame for, of STP over that of 1F1B.
struct ExposedRatio {
  std::size_t stp = 0, one_f_one_b = 0;  ///< into ValidationReport::runs
  double predicted = 0, measured = 0;
};

/// A limit and what was found.
struct Verdict {
  std::string limit;   ///< key of limits.toml
  std::string run;     ///< label; "" = over all runs
  std::string about;   ///< the op, the class or the rank that is worst; why it was not judged
  double value = 0;    ///< in the unit that the key names
  double allowed = 0;  ///< the same
  bool judged = true;  ///< false: there is nothing to judge by
  bool held = true;
};

struct ValidationReport {
  std::string scenario;
  std::string placement;                          ///< of all runs
  std::map<std::string, std::string> provenance;  ///< facts that all measured runs share
  std::vector<ValidationRun> runs;
  std::vector<SpeedPair> order;
  std::optional<ExposedRatio> exposed_tp;
  std::vector<Verdict> verdicts;

  double mean_step_error() const;  ///< mean of |step_error()|
  bool held() const;               ///< no verdict is broken
};

/// Joins, reports, compares and attributes. Throws Error if either timeline is not one of the program.
ValidationRun validate_run(std::string schedule, Program program, Costs costs, const Cluster& cluster,
                           Timeline predicted, MeasuredRun measured);

/// Puts runs of one scenario on one placement together and judges them. At least one run.
ValidationReport validation_report(std::string scenario, std::vector<ValidationRun> runs, const Limits& limits);

}  // namespace braid
