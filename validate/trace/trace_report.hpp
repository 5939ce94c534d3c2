// SPDX-License-Identifier: Apache-2.0
// What `braid validate --trace` says: text for people, JSON for programs. error = predicted / measured - 1, shares
// differ in points.
#pragma once

#include <string>

#include "validate/trace/foreign_compare.hpp"

namespace braid {

/// Changes when a field changes its meaning or goes; new fields do not count.
inline constexpr const char* kTraceSchema = "braid.trace/1";

std::string trace_text(const ForeignComparison& comparison);
/// One document, ended by a newline; seconds, flops, shares from 0 to 1.
std::string trace_json(const ForeignComparison& comparison);

}  // namespace braid
