// SPDX-License-Identifier: Apache-2.0
// Step times of published rows as Braid predicts them, from a profile of which some parameters may be fitted first.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/cost/profile.hpp"
#include "validate/table/published_table.hpp"
#include "validate/table/row_scenario.hpp"

namespace braid {

struct PredictedRow {
  PublishedRow row;
  double predicted_s = 0;
  double baseline_s = 0;  ///< the one-parameter formula, its efficiency from the same rows as the fit
  bool fitted = false;

  double error() const { return predicted_s / row.measured_s - 1; }
  double baseline_error() const { return baseline_s / row.measured_s - 1; }
};

struct Predictions {
  Profile profile;
  std::vector<std::pair<std::string, double>> values;  ///< the free parameters found
  double baseline_efficiency = 0;                      ///< from the fitted rows, or from all if none was
  double baseline_all_efficiency = 0;                  ///< from all rows
  std::vector<PredictedRow> rows;
};

struct PredictionRequest {
  std::vector<PublishedRow> rows;  ///< at least one
  RowAssumptions assumptions;
  std::string profile;              ///< file to start from; "" = the defaults of the rows' GPU
  std::vector<std::size_t> fitted;  ///< indices of rows
  std::vector<std::string> free;    ///< parameters that those rows determine
};

/// Rows are played on the ideal network, folded, on as many threads as the machine has; what comes out does not depend
/// on their number. Throws Error naming the row: rows of different GPUs, a scenario that is refused, more free
/// parameters than fitted rows, only one of the two.
Predictions predict_table(const PredictionRequest& request);

}  // namespace braid
