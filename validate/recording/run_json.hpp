// SPDX-License-Identifier: Apache-2.0
// run.json of a recording: all of the run but its ops.
#pragma once

#include <string>
#include <string_view>

#include "validate/recording/recording.hpp"

namespace braid {

std::string run_json(const Recording& recording);

/// Fills schedule, rank and run, without spans. Throws Error("name:line:column", ...) for text that is no JSON,
/// Error("name:key", ...) for another schema, a field that is missing, unknown or of another kind.
void parse_run_json(std::string_view text, const std::string& name, Recording& recording);

}  // namespace braid
