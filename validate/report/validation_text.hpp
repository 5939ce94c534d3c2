// SPDX-License-Identifier: Apache-2.0
// A validation for the terminal.
#pragma once

#include <string>

#include "validate/report/validation_report.hpp"

namespace braid {

/// One row a schedule; then for each the causes of idleness, the classes of ops, the worst of them, memory; then the
/// order of schedules and the verdicts. A "~" before an error says that it is within the spread of the repeats.
std::string to_text(const ValidationReport& report);

/// One line a verdict, broken ones first.
std::string verdicts_text(const ValidationReport& report);

}  // namespace braid
