// SPDX-License-Identifier: Apache-2.0
// A range of time as people write it on a command line.
#pragma once

#include <string>

#include "gui/model/time_map.hpp"

namespace braid {

/// "10ms..20ms", "10 ms..20 ms", "0s..1.5s"; an end left out is that of `extent`: "..20ms", "10ms..". A number without
/// a unit is in slots where the run has them (`slots`: one of 1e9 ns), else an error. Throws
/// Error("--range", ...), also if the run has nothing there.
TimeRange parse_range(const std::string& text, TimeRange extent, bool slots);

}  // namespace braid
