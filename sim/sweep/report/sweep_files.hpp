// SPDX-License-Identifier: Apache-2.0
// A sweep store for other programs: CSV for spreadsheets, JSON. Both are written row by row, for stores may be large.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "sim/sweep/report/against.hpp"
#include "sim/sweep/report/survey.hpp"

namespace braid {

/// Changes when a field changes its meaning or goes; new fields do not count.
inline constexpr const char* kSweepReportSchema = "braid.sweep-report/1";

/// A line of names with units, then one a configuration (RFC 4180, LF). What was chosen stands in columns
/// "choice.<field>".
void write_sweep_csv(std::ostream& out, const Survey& survey);

/// One document, ended by a newline, a line a row in it.
void write_sweep_json(std::ostream& out, const Survey& survey, const std::string& name,
                      const StoreComparison* against = nullptr);

}  // namespace braid
