// SPDX-License-Identifier: Apache-2.0
// Least squares for positive unknowns with bounds: what every fit of Braid uses.
//
// Levenberg-Marquardt of Eigen (unsupported/NonLinearOptimization, after MINPACK's lmdif), on the logistic scale
// between the logarithms of the bounds, with central differences. Deterministic.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace braid {

/// An unknown that lies in [least, most], 0 <= least < most. A start of 0 begins at a ten-thousandth of `most`.
struct Unknown {
  double start = 1;
  double least = 0;
  double most = 1;
};

struct LeastSquaresOptions {
  double step = 1e-4;  ///< of the central differences, on the logistic scale; larger for models with steps
  /// Residuals beyond this count linearly (soft-L1, as rho(r) = 2 (sqrt(1 + r^2) - 1) of r / soft): outliers then pull
  /// less. 0: plain squares.
  double soft = 0;
  int evaluations = 2000;  ///< of the residuals, at most
};

struct LeastSquares {
  std::vector<double> values;  ///< the unknowns found
  double rms = 0;              ///< root mean square of the plain residuals there
};

/// Residuals at given values, always equally many, at least as many as unknowns, all finite.
using Residuals = std::function<std::vector<double>(std::span<const double>)>;

/// Throws Error("fit", ...) if there are fewer residuals than unknowns or one is not finite at the start.
LeastSquares least_squares(const Residuals& residuals, std::span<const Unknown> unknowns,
                           const LeastSquaresOptions& options = {});

}  // namespace braid
