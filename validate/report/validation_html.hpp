// SPDX-License-Identifier: Apache-2.0
// A validation as one HTML page to send around: no other file, no network, light and dark, print as well.
#pragma once

#include <string>

#include "validate/report/validation_report.hpp"

namespace braid {

/// Both timelines of each schedule one above the other at one scale, errors with the spread beside them, where they
/// come from, the worst ops, and the limits. The same input gives the same bytes.
std::string to_html(const ValidationReport& report);

}  // namespace braid
