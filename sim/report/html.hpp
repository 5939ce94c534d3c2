// SPDX-License-Identifier: Apache-2.0
// A comparison as one HTML page to send around: no other file, no network, light and dark, print as well.
#pragma once

#include <span>
#include <string>

#include "sim/report/report.hpp"

namespace braid {

/// The page. `plays` are the runs of the comparison in its order, or empty for a page without timelines. No wall-clock
/// figures: the same input gives the same bytes.
std::string to_html(const Comparison& comparison, std::span<const Played> plays);

/// Its style sheet and its few lines of script.
const char* html_style();
const char* html_script();

}  // namespace braid
