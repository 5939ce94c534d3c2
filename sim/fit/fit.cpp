// SPDX-License-Identifier: Apache-2.0
#include "sim/fit/fit.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>

#include "sim/cost/cost_program.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"

namespace braid {
namespace {

/// A parameter on the whole real line: the logistic of x lies between its bounds, on a logarithmic scale.
class Bounded {
 public:
  Bounded(const ParameterInfo& info)
      : least_(std::log(std::max(info.least, info.most * 1e-6))), most_(std::log(info.most)) {}
  double value(double x) const { return std::exp(least_ + (most_ - least_) / (1 + std::exp(-x))); }
  double inverse(double value) const {
    const double share = std::clamp((std::log(value) - least_) / (most_ - least_), 1e-6, 1 - 1e-6);
    return std::log(share / (1 - share));
  }

 private:
  double least_, most_;
};

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
  std::vector<Bounded> bounds;
  Eigen::VectorXd x(static_cast<Eigen::Index>(parameters.size()));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const ParameterInfo& info = parameter_info(parameters[i], "fit");
    bounds.emplace_back(info);
    // A parameter that is off by default starts where it begins to matter.
    const double start = parameter(base_, parameters[i]);
    x[static_cast<Eigen::Index>(i)] = bounds[i].inverse(start > 0 ? start : info.most * 1e-4);
  }
  const auto profile_at = [&](const Eigen::VectorXd& at) {
    Profile profile = base_;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      profile = with_parameter(std::move(profile), parameters[i], bounds[i].value(at[static_cast<Eigen::Index>(i)]),
                               "fitted by `braid fit`");
    }
    return profile;
  };
  const auto residuals = [&](const Eigen::VectorXd& at) {
    const Profile profile = profile_at(at);
    Eigen::VectorXd r(static_cast<Eigen::Index>(fitted.size()));
    for (std::size_t i = 0; i < fitted.size(); ++i) {
      r[static_cast<Eigen::Index>(i)] = predict(fitted[i], profile) / rows_[fitted[i]].samples_per_s - 1;
    }
    return r;
  };

  // Levenberg-Marquardt with a forward-difference Jacobian [Nocedal & Wright, s. 10.3].
  constexpr double kStep = 1e-4;
  constexpr int kMostIterations = 40;
  constexpr double kGoodEnough = 1e-12;
  double damping = 1e-3;
  Eigen::VectorXd r = residuals(x);
  for (int iteration = 0; iteration < kMostIterations && r.squaredNorm() > kGoodEnough; ++iteration) {
    Eigen::MatrixXd jacobian(r.size(), x.size());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      Eigen::VectorXd moved = x;
      moved[i] += kStep;
      jacobian.col(i) = (residuals(moved) - r) / kStep;
    }
    bool better = false;
    while (!better && damping < 1e8) {
      const Eigen::MatrixXd normal = jacobian.transpose() * jacobian;
      Eigen::MatrixXd damped = normal;
      damped.diagonal() += damping * (normal.diagonal().array() + 1e-12).matrix();
      Eigen::VectorXd step = damped.ldlt().solve(-jacobian.transpose() * r);
      // A long step on the logistic scale jumps to a bound, where nothing moves any more.
      if (step.norm() > 1) step *= 1 / step.norm();
      const Eigen::VectorXd tried = residuals(x + step);
      better = tried.squaredNorm() < r.squaredNorm();
      damping = better ? damping / 10 : damping * 10;
      if (better) {
        x += step;
        r = tried;
      }
    }
    if (!better) break;
  }

  FitResult result{.profile = profile_at(x)};
  for (const std::string& name : parameters) result.values.emplace_back(name, parameter(result.profile, name));
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const bool used = std::find(fitted.begin(), fitted.end(), i) != fitted.end();
    result.rows.push_back(
        {.measured = rows_[i].samples_per_s, .predicted = predict(i, result.profile), .fitted = used});
  }
  return result;
}

}  // namespace braid
