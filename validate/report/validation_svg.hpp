// SPDX-License-Identifier: Apache-2.0
// Errors of a run as bars to both sides of zero, as inline SVG.
#pragma once

#include <string>

#include "validate/report/validation_report.hpp"

namespace braid {

/// The error of the step and its parts (profile, model, tracing), then what the durations of single classes explain, at
/// most `most_classes` of them; percent of the measured step. To the right: predicted too slow.
std::string attribution_bars(const ValidationRun& run, std::size_t most_classes = 8);

}  // namespace braid
