// SPDX-License-Identifier: Apache-2.0
// A validation as JSON for programs: stable, versioned by its `schema` field; seconds, bytes, shares of the measured
// value.
#pragma once

#include <string>

#include "validate/report/validation_report.hpp"

namespace braid {

/// Changes when a field changes its meaning or goes; new fields do not count.
inline constexpr const char* kValidationSchema = "braid.validation/1";

/// One document, ended by a newline.
std::string to_json(const ValidationReport& report);

}  // namespace braid
