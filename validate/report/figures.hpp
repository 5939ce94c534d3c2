// SPDX-License-Identifier: Apache-2.0
// How the figures of a validation are written, in text and in HTML alike.
#pragma once

#include <string>

#include "validate/report/validation_report.hpp"

namespace braid {

/// "+1.23", "0.00". In percent, without the sign for it; the same below.
std::string signed_percent(double share);
/// "+1.23", "~+0.04" where it is within the spread, "-" where nothing was measured. In percent, without the sign for
/// it.
std::string error_percent(double share, bool within_spread = false);
/// "1.23"; "-" for a spread that is not known.
std::string percent(double share);
/// "+2.00" of the step: a difference of seconds.
std::string of_step(Seconds difference, Seconds step);
/// "held", "BROKEN" or "not judged".
const char* outcome(const Verdict& verdict);
/// "step_error_percent of stp: +4.20 (at most 5)".
std::string what_of(const Verdict& verdict);
/// A key of limits.toml counts percent, or misordered pairs of schedules.
bool is_percent(const Verdict& verdict);

}  // namespace braid
