// SPDX-License-Identifier: Apache-2.0
#include "sim/numeric/nnls.hpp"

#include <Eigen/Dense>
#include <algorithm>

#include "sim/base/error.hpp"

namespace braid {
namespace {

/// Least squares on the columns in `free`; 0 in the others.
Eigen::VectorXd solve_on(const Eigen::MatrixXd& a, const Eigen::VectorXd& b, const std::vector<bool>& free) {
  std::vector<Eigen::Index> columns;
  for (std::size_t j = 0; j < free.size(); ++j) {
    if (free[j]) columns.push_back(static_cast<Eigen::Index>(j));
  }
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  if (columns.empty()) return x;
  x(columns) = a(Eigen::all, columns).colPivHouseholderQr().solve(b);
  return x;
}

}  // namespace

std::vector<double> nonnegative_least_squares(const std::vector<std::vector<double>>& rows,
                                              const std::vector<double>& values) {
  if (rows.empty() || rows.size() != values.size()) throw Error("fit", "as many rows as values are needed, and some");
  const std::size_t n = rows[0].size();
  Eigen::MatrixXd a(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(n));
  Eigen::VectorXd b(static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() != n) throw Error("fit", "rows of different lengths");
    for (std::size_t j = 0; j < n; ++j) a(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = rows[i][j];
    b[static_cast<Eigen::Index>(i)] = values[i];
  }
  const double tolerance = 1e-12 * (1 + (a.transpose() * b).cwiseAbs().maxCoeff());
  std::vector<bool> free(n, false);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  for (std::size_t round = 0; round < 3 * n + 3; ++round) {
    const Eigen::VectorXd gradient = a.transpose() * (b - a * x);
    Eigen::Index enter = -1;
    for (Eigen::Index j = 0; j < a.cols(); ++j) {
      if (!free[static_cast<std::size_t>(j)] && gradient[j] > tolerance && (enter < 0 || gradient[j] > gradient[enter]))
        enter = j;
    }
    if (enter < 0) break;
    free[static_cast<std::size_t>(enter)] = true;
    Eigen::VectorXd wanted = solve_on(a, b, free);
    while (true) {
      // Walk towards the wanted point until the first unknown would turn negative; that one leaves.
      double reach = 1;
      for (Eigen::Index j = 0; j < a.cols(); ++j) {
        if (free[static_cast<std::size_t>(j)] && wanted[j] <= 0) reach = std::min(reach, x[j] / (x[j] - wanted[j]));
      }
      if (reach >= 1) break;
      x += reach * (wanted - x);
      for (Eigen::Index j = 0; j < a.cols(); ++j) {
        if (free[static_cast<std::size_t>(j)] && x[j] <= 1e-15) {
          free[static_cast<std::size_t>(j)] = false;
          x[j] = 0;
        }
      }
      wanted = solve_on(a, b, free);
    }
    x = wanted;
  }
  return {x.data(), x.data() + x.size()};
}

}  // namespace braid
