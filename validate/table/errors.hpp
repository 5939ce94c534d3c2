// SPDX-License-Identifier: Apache-2.0
// How far predictions are off, over the rows that no fit has seen.
#pragma once

#include <string>
#include <vector>

#include "validate/table/predictions.hpp"

namespace braid {

/// Absolute relative errors in percent; zeros if there is no row.
struct TableErrors {
  int rows = 0;
  double mape = 0;
  double median = 0;
  double worst = 0;
  double bias = 0;           ///< mean of the signed errors: above 0 predicts too slow
  double baseline_mape = 0;  ///< of the one-parameter formula on the same rows
};

/// Of the rows that were not fitted.
TableErrors error_summary(const std::vector<PredictedRow>& rows);

struct GroupErrors {
  std::string group;  ///< "TP 8"
  TableErrors errors;
};
/// By TP, PP, DP, microbatch and model size, in this order; groups whose rows were all fitted are left out.
std::vector<GroupErrors> errors_by_group(const std::vector<PredictedRow>& rows);

/// Up to `count` rows that were not fitted, largest absolute error first.
std::vector<PredictedRow> worst_rows(std::vector<PredictedRow> rows, std::size_t count);

}  // namespace braid
