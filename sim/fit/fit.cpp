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

double samples_per_s(const Program& program, const Scenario& scenario, const Profile& profile,
                     const Simulate& simulate) {
  const Costs costs = cost_program(program, scenario.cluster, profile);
  return program.samples_per_step / simulate(program, costs, scenario).step_time.value;
}

Program program_of(const FitCase& of) { return lower(schedule_of(of.scenario, of.run), of.scenario, of.run); }

}  // namespace

std::vector<FitCase> fit_cases(const std::vector<MeasuredRow>& rows) {
  std::vector<FitCase> cases;
  for (const MeasuredRow& row : rows) {
    Scenario scenario = read_scenario(row.scenario, row.overrides);
    throw_if_any(check(scenario));
    Run run = run_of(scenario, row);
    cases.push_back({.scenario = std::move(scenario),
                     .run = std::move(run),
                     .samples_per_s = row.samples_per_s,
                     .where = row.where});
  }
  return cases;
}

double predict_samples_per_s(const FitCase& of, const Profile& profile, const Simulate& simulate) {
  return samples_per_s(program_of(of), of.scenario, profile, simulate);
}

FitProblem::FitProblem(std::vector<FitCase> cases, Profile base, Simulate simulate)
    : cases_(std::move(cases)), base_(std::move(base)), simulate_(std::move(simulate)) {
  for (const FitCase& one : cases_) {
    const std::string& gpu = one.scenario.cluster.gpu.name;
    if (gpu != base_.gpu) throw Error(one.where, fmt::format("runs on {}, the profile is for {}", gpu, base_.gpu));
    programs_.push_back(program_of(one));
  }
}

FitProblem::~FitProblem() = default;
FitProblem::FitProblem(FitProblem&&) noexcept = default;

double FitProblem::predict(std::size_t row, const Profile& profile) const {
  return samples_per_s(programs_[row], cases_[row].scenario, profile, simulate_);
}

FitResult FitProblem::solve(const std::vector<std::string>& parameters, const std::vector<std::size_t>& fitted,
                            FitError of) const {
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
    for (const std::size_t row : fitted) {
      const double ratio = predict(row, profile) / cases_[row].samples_per_s;
      r.push_back(of == FitError::throughput ? ratio - 1 : 1 / ratio - 1);
    }
    return r;
  };
  constexpr int kSimulations = 400;  // of all fitted rows: a step of the search plays them once an unknown
  const LeastSquares found = least_squares(residuals, unknowns, {.evaluations = kSimulations});

  FitResult result{.profile = profile_at(found.values)};
  for (const std::string& name : parameters) result.values.emplace_back(name, parameter(result.profile, name));
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const bool used = std::find(fitted.begin(), fitted.end(), i) != fitted.end();
    result.rows.push_back(
        {.measured = cases_[i].samples_per_s, .predicted = predict(i, result.profile), .fitted = used});
  }
  return result;
}

}  // namespace braid
