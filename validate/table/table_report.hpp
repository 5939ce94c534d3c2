// SPDX-License-Identifier: Apache-2.0
// What `braid validate --table` says: as text for people, as JSON for programs, as CSV of the rows.
#pragma once

#include <string>
#include <vector>

#include "validate/table/predictions.hpp"

namespace braid {

inline constexpr const char* kTableSchema = "braid.table/1";

/// Assumptions, fitted values, every row, errors over all and by group, the worst ten.
std::string table_text(const Predictions& predictions, const std::vector<std::string>& assumptions);

/// `rows[]` (id, measured_s, predicted_s, error_percent, baseline_s, baseline_error_percent, fitted),
/// `mape_percent`, `median_percent`, `worst_percent`, `bias_percent`, `baseline_mape_percent` of the rows not fitted,
/// null if all were; `schema`,
/// `baseline_all_rows_mape_percent` (all rows, efficiency from all of them), `baseline_efficiency`, `fitted_values`,
/// `assumptions[]`, `groups[]` (group, rows, mape_percent, baseline_mape_percent).
std::string table_json(const Predictions& predictions, const std::vector<std::string>& assumptions);

/// One line a row, with the plan beside the errors.
std::string table_csv(const Predictions& predictions);

}  // namespace braid
