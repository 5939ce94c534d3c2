// SPDX-License-Identifier: Apache-2.0
#include "sim/numeric/least_squares.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <string>
#include <unsupported/Eigen/NonLinearOptimization>

#include "sim/base/error.hpp"

namespace braid {
namespace {

/// An unknown on the whole real line: the logistic of x lies between its bounds, on a logarithmic scale.
class Bounded {
 public:
  explicit Bounded(const Unknown& u)
      : least_(std::log(std::max(u.least, u.most * 1e-6))), most_(std::log(u.most)), bounds_(u) {}
  /// exp(log(b)) may lie beyond b by a rounding.
  double value(double x) const {
    return std::clamp(std::exp(least_ + (most_ - least_) / (1 + std::exp(-x))), bounds_.least, bounds_.most);
  }
  double inverse(double value) const {
    const double share = std::clamp((std::log(value) - least_) / (most_ - least_), 1e-6, 1 - 1e-6);
    return std::log(share / (1 - share));
  }

 private:
  double least_, most_;
  Unknown bounds_;
};

/// The problem as Eigen's solver wants it.
struct Problem {
  const Residuals& residuals;
  std::vector<Bounded> bounds;
  double step, soft;
  Eigen::Index count = 0;

  Eigen::Index inputs() const { return static_cast<Eigen::Index>(bounds.size()); }
  Eigen::Index values() const { return count; }

  std::vector<double> at(const Eigen::VectorXd& x) const {
    std::vector<double> v;
    for (std::size_t i = 0; i < bounds.size(); ++i) v.push_back(bounds[i].value(x[static_cast<Eigen::Index>(i)]));
    return v;
  }

  int operator()(const Eigen::VectorXd& x, Eigen::VectorXd& f) const {
    const std::vector<double> r = residuals(at(x));
    for (Eigen::Index i = 0; i < count; ++i) {
      const double plain = r[static_cast<std::size_t>(i)];
      // Its square is soft^2 rho((r / soft)^2) of the soft-L1 loss.
      f[i] = soft > 0 ? std::copysign(soft * std::sqrt(2 * (std::hypot(1.0, plain / soft) - 1)), plain) : plain;
    }
    return 0;
  }

  int df(const Eigen::VectorXd& x, Eigen::MatrixXd& jacobian) const {
    Eigen::VectorXd below(count), above(count);
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      Eigen::VectorXd moved = x;
      moved[i] = x[i] - step;
      (*this)(moved, below);
      moved[i] = x[i] + step;
      (*this)(moved, above);
      jacobian.col(i) = (above - below) / (2 * step);
    }
    return 0;
  }
};

}  // namespace

LeastSquares least_squares(const Residuals& residuals, std::span<const Unknown> unknowns,
                           const LeastSquaresOptions& options) {
  Problem problem{.residuals = residuals, .bounds = {}, .step = options.step, .soft = options.soft};
  Eigen::VectorXd x(static_cast<Eigen::Index>(unknowns.size()));
  for (std::size_t i = 0; i < unknowns.size(); ++i) {
    const Unknown& u = unknowns[i];
    problem.bounds.emplace_back(u);
    x[static_cast<Eigen::Index>(i)] = problem.bounds[i].inverse(u.start > 0 ? u.start : u.most * 1e-4);
  }
  const std::vector<double> first = residuals(problem.at(x));
  problem.count = static_cast<Eigen::Index>(first.size());
  if (first.size() < unknowns.size() || unknowns.empty()) {
    throw Error("fit", std::to_string(unknowns.size()) + " unknowns need at least as many measurements, there are " +
                           std::to_string(first.size()));
  }
  for (const double r : first) {
    if (!std::isfinite(r)) throw Error("fit", "the model gives no finite value for a measurement");
  }
  Eigen::LevenbergMarquardt<Problem> solver(problem);
  // Eigen counts calls of the model and not those of the Jacobian, two an unknown.
  solver.parameters.maxfev = std::max<Eigen::Index>(10, options.evaluations / (1 + 2 * problem.inputs()));
  solver.parameters.factor = 1;  // a long first step on the logistic scale jumps to a bound, where nothing moves
  solver.parameters.ftol = solver.parameters.xtol = 1e-13;  // a valley between unknowns that nearly trade is walked out
  solver.minimize(x);
  LeastSquares found{.values = problem.at(x)};
  for (const double r : residuals(found.values)) found.rms += r * r;
  found.rms = std::sqrt(found.rms / static_cast<double>(first.size()));
  return found;
}

}  // namespace braid
