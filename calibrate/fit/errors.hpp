// SPDX-License-Identifier: Apache-2.0
// How far predictions are from measurements.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace braid {

/// One measurement and what a fit that did not see it says of it, in one unit.
struct Residual {
  std::string kind, shape, source;  ///< as in Sample
  double measured = 0, predicted = 0;
  double error() const { return predicted / measured - 1; }
};

/// Of absolute relative errors, as shares: 0.05 is 5 %.
struct ErrorSummary {
  std::string kind;
  int count = 0;
  double median = 0, p95 = 0;
  double mean = 0;   ///< MAPE
  double bias = 0;   ///< signed mean: above 0 the model is too slow
  double worst = 0;  ///< the one furthest from 0, signed
  std::string worst_at;
};

ErrorSummary summary(std::span<const Residual> residuals, const std::string& kind);
/// One summary for each kind in alphabetical order, then one of all unless there is a single kind or `rivals`: kinds
/// that predict the same measurements.
std::vector<ErrorSummary> summaries(std::span<const Residual> residuals, bool rivals = false);

}  // namespace braid
