// SPDX-License-Identifier: Apache-2.0
// Fits the few free parameters of a GPU to published throughputs, and predicts every row that was not used.
//
// Least squares on the relative error of samples per second, by simulating again for every trial.
// Parameters move on a logarithmic scale within their bounds. No more parameters than values; the rows that are
// fitted are named in the file before the fit and are written into what comes out of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

/// One measured throughput.
struct MeasuredRow {
  std::string scenario;  ///< path
  std::vector<Override> overrides;
  std::string run;  ///< label or schedule of a run of the scenario
  double samples_per_s = 0;
  bool fitted = false;  ///< used by the fit; all others are predicted
  std::string source;
  std::string where;  ///< file:line, for messages
};

/// Reads `scenario,set,run,samples_per_s,use,source`: scenario relative to the CSV, `set` overrides separated by
/// blanks, `use` fit or predict. Throws Error naming file and line.
std::vector<MeasuredRow> read_measured(const std::string& path);

struct FitRow {
  double measured = 0;
  double predicted = 0;
  bool fitted = false;
  double error() const { return predicted / measured - 1; }
};

struct FitResult {
  Profile profile;
  std::vector<std::pair<std::string, double>> values;  ///< the free parameters found
  std::vector<FitRow> rows;                            ///< in the order of the measured rows
};

/// Plays a program on the network of its scenario.
using Simulate = std::function<Timeline(const Program&, const Costs&, const Scenario&)>;

/// The rows' scenarios, schedules and programs, made once; each trial only prices and plays them again.
class FitProblem {
 public:
  /// Throws Error if a scenario cannot be read, a run is not in it, or the rows are of different GPUs.
  FitProblem(std::vector<MeasuredRow> rows, Profile base, Simulate simulate);
  ~FitProblem();
  FitProblem(FitProblem&&) noexcept;

  const std::vector<MeasuredRow>& rows() const { return rows_; }
  const Profile& base() const { return base_; }

  /// Samples per second of one row under a profile.
  double predict(std::size_t row, const Profile& profile) const;
  /// Finds `parameters` (names of sim/cost) so that the rows `fitted` are met best, and predicts all rows.
  /// Throws Error if there are more parameters than rows to fit.
  FitResult solve(const std::vector<std::string>& parameters, const std::vector<std::size_t>& fitted) const;

 private:
  struct Prepared;
  std::vector<MeasuredRow> rows_;
  Profile base_;
  Simulate simulate_;
  std::vector<Prepared> prepared_;
};

}  // namespace braid
