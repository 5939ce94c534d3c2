// SPDX-License-Identifier: Apache-2.0
#include "sim/fit/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/cost/cost_program.hpp"
#include "sim/numeric/least_squares.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"

namespace braid {
namespace {

const Run& run_of(const Scenario& scenario, const MeasuredRow& row) {
  for (const Run& run : scenario.runs) {
    if (label_of(run) == row.run || run.schedule == row.run) return run;
  }
  throw Error(row.where + ":run", fmt::format("'{}' is no run of {}", row.run, row.scenario));
}

}  // namespace

struct FitProblem::Prepared {
  Scenario scenario;
  Program program;
};

FitProblem::FitProblem(std::vector<MeasuredRow> rows, Profile base, Simulate simulate)
    : rows_(std::move(rows)), base_(std::move(base)), simulate_(std::move(simulate)) {
  for (const MeasuredRow& row : rows_) {
    const Scenario scenario = read_scenario(row.scenario, row.overrides);
    throw_if_any(check(scenario));
    if (scenario.cluster.gpu.name != base_.gpu) {
      throw Error(row.where, fmt::format("runs on {}, the profile is for {}", scenario.cluster.gpu.name, base_.gpu));
    }
    const Run& run = run_of(scenario, row);
    prepared_.push_back({.scenario = scenario, .program = lower(schedule_of(scenario, run), scenario, run)});
  }
}

FitProblem::~FitProblem() = default;
FitProblem::FitProblem(FitProblem&&) noexcept = default;

double FitProblem::predict(std::size_t row, const Profile& profile) const {
  const Prepared& prepared = prepared_[row];
  const Costs costs = cost_program(prepared.program, prepared.scenario.cluster, profile);
  const Timeline timeline = simulate_(prepared.program, costs, prepared.scenario);
  return prepared.program.samples_per_step / timeline.step_time.value;
}

FitResult FitProblem::solve(const std::vector<std::string>& parameters, const std::vector<std::size_t>& fitted) const {
  if (parameters.empty() || parameters.size() > fitted.size()) {
    throw Error("fit", fmt::format("{} free parameters need at least as many rows to fit, there are {}",
                                   parameters.size(), fitted.size()));
  }
  std::vector<Unknown> unknowns;
  for (const std::string& name : parameters) {
    const ParameterInfo& info = parameter_info(name, "fit");
    unknowns.push_back({.start = parameter(base_, name), .least = info.least, .most = info.most});
  }
  const auto profile_at = [&](std::span<const double> values) {
    Profile profile = base_;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      profile = with_parameter(std::move(profile), parameters[i], values[i], "fitted by `braid fit`");
    }
    return profile;
  };
  const auto residuals = [&](std::span<const double> values) {
    const Profile profile = profile_at(values);
    std::vector<double> r;
    for (const std::size_t row : fitted) r.push_back(predict(row, profile) / rows_[row].samples_per_s - 1);
    return r;
  };
  constexpr int kSimulations = 400;  // of all fitted rows: a step of the search plays them once an unknown
  const LeastSquares found = least_squares(residuals, unknowns, {.evaluations = kSimulations});

  FitResult result{.profile = profile_at(found.values)};
  for (const std::string& name : parameters) result.values.emplace_back(name, parameter(result.profile, name));
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const bool used = std::find(fitted.begin(), fitted.end(), i) != fitted.end();
    result.rows.push_back(
        {.measured = rows_[i].samples_per_s, .predicted = predict(i, result.profile), .fitted = used});
  }
  return result;
}

}  // namespace braid
