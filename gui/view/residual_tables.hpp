// SPDX-License-Identifier: Apache-2.0
// A comparison of two runs as rows of tables.
#pragma once

#include <QString>
#include <vector>

#include "gui/model/run_compare.hpp"
#include "gui/view/figure_table.hpp"

namespace braid {

struct ResidualNames {
  QString first, second;
};

/// Step, busy time and idle causes: first, second, difference, and that as a share of the second run's step.
std::vector<FigureColumn> summary_columns(const ResidualNames& names);
std::vector<FigureRow> summary_rows(const RunComparison& comparison, const RunFacts& facts);

/// Totals by class, and how far single ops of it are apart.
std::vector<FigureColumn> class_columns(const ResidualNames& names);
std::vector<FigureRow> class_rows(const RunComparison& comparison, const RunFacts& facts);

/// The ops that differ most.
std::vector<FigureColumn> op_columns(const ResidualNames& names);
std::vector<FigureRow> op_rows(const RunComparison& comparison, const RunFacts& facts);

}  // namespace braid
