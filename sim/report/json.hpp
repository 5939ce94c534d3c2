// SPDX-License-Identifier: Apache-2.0
// A comparison as JSON for programs: stable, versioned by its `schema` field; seconds, bytes, shares from 0 to 1.
#pragma once

#include <string>

#include "sim/report/report.hpp"

namespace braid {

/// Changes when a field changes its meaning or goes; new fields do not count.
inline constexpr const char* kReportSchema = "braid.report/1";

/// One document, ended by a newline. `wall_clock` adds "wall_s": for the terminal, never for a file, so that the same
/// input gives the same bytes.
std::string to_json(const Comparison& comparison, bool wall_clock);

/// One run as in `runs`, without the wall clock and its speed-up over another; one line.
std::string to_json(const RunReport& run);

}  // namespace braid
