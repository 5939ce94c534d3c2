// SPDX-License-Identifier: Apache-2.0
// Fits the few free parameters of a GPU to published throughputs, and predicts every row that was not used.
//
// Least squares on the relative error of samples per second, or of the time of a step, by simulating again for every
// trial.
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
  std::vector<FitRow> rows;                            ///< in the order of the cases
};

/// Plays a program on the network of its scenario.
using Simulate = std::function<Timeline(const Program&, const Costs&, const Scenario&)>;

/// One run of a checked scenario, and how fast it was.
struct FitCase {
  Scenario scenario;
  Run run;
  double samples_per_s = 0;  ///< measured
  std::string where;         ///< of its row, for messages
};

/// The rows' scenarios, read and checked. Throws Error if one cannot be read or a run is not in it.
std::vector<FitCase> fit_cases(const std::vector<MeasuredRow>& rows);

/// Samples per second of one case under a profile.
double predict_samples_per_s(const FitCase& of, const Profile& profile, const Simulate& simulate);

/// Whose relative error a fit makes small. A prediction that is far too slow misses throughput by less than 1 however
/// slow it is: with starts far from the truth take the time.
enum class FitError { throughput, step_time };

/// The cases' schedules and programs, made once; each trial only prices and plays them again.
class FitProblem {
 public:
  /// Throws Error if a schedule refuses its scenario or the cases are of different GPUs than the base.
  FitProblem(std::vector<FitCase> cases, Profile base, Simulate simulate);
  ~FitProblem();
  FitProblem(FitProblem&&) noexcept;

  const Profile& base() const { return base_; }

  /// Samples per second of one case under a profile.
  double predict(std::size_t row, const Profile& profile) const;
  /// Finds `parameters` (names of sim/cost) so that the rows `fitted` are met best, and predicts all rows.
  /// Throws Error if there are more parameters than rows to fit.
  FitResult solve(const std::vector<std::string>& parameters, const std::vector<std::size_t>& fitted,
                  FitError of = FitError::throughput) const;

 private:
  std::vector<FitCase> cases_;
  Profile base_;
  Simulate simulate_;
  std::vector<Program> programs_;
};

}  // namespace braid
