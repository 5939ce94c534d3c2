// SPDX-License-Identifier: Apache-2.0
// A validation as files: what people open and what other programs read.
#pragma once

#include <string>

#include "validate/report/validation_report.hpp"

namespace braid {

/// report.html, report.json, and of each run both timelines for Perfetto and for `braid gui`, into the folder. Returns
/// a line that says so. Throws Error.
std::string written(const std::string& folder, const ValidationReport& report);

}  // namespace braid
