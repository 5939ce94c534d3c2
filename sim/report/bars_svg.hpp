// SPDX-License-Identifier: Apache-2.0
// Stacked bars, one a run, as inline SVG: where the step goes, and what the fullest GPU holds.
#pragma once

#include <string>

#include "sim/report/report.hpp"

namespace braid {

/// Mean over ranks of busy, stretch and each cause of idleness, to the scale of the longest step.
std::string time_bars(const Comparison& comparison);

/// Bytes of the fullest rank at its peak by class, with a line at what the GPU has.
std::string memory_bars(const Comparison& comparison);

}  // namespace braid
