// SPDX-License-Identifier: Apache-2.0
// Where a picture comes from, in one line below it.
#pragma once

#include <string>

#include "gui/model/trace.hpp"

namespace braid {

/// Title, kind, step time, the range if it is not all of it, the bubble (idle time of the compute lanes over all time
/// of theirs), of an abstract run the times of its ops, the scenario's hash and the version that wrote it.
std::string provenance_line(const Trace& trace, TimeRange range);

}  // namespace braid
