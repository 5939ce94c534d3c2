// SPDX-License-Identifier: Apache-2.0
// A validation judged by its placement's limits.
#pragma once

#include <vector>

#include "validate/report/limits.hpp"
#include "validate/report/validation_report.hpp"

namespace braid {

/// One verdict for each limit that is set and each run, or for all runs together; the worst op, class or rank is named.
///
/// An error beyond its limit but within the spread of the repeats is not judged. Where tracing slows a step by more
/// than its limit, what the trace says of ops is not judged: that verdict is broken, and the others of the run say why
/// they were left out.
std::vector<Verdict> verdicts(const ValidationReport& report, const PlacementLimits& limits);

}  // namespace braid
