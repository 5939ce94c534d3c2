// SPDX-License-Identifier: Apache-2.0
// One number for a whole timeline, so that "run twice, same bytes" is one comparison.
#pragma once

#include <string>

#include "sim/timeline/timeline.hpp"

namespace braid {

/// 16 hex digits over every rank, span (key, start, end, stretch, to the last bit), counter and total of the timeline.
/// Provenance is left out: it says where a timeline comes from, not what happened. FNV-1a over 64-bit words.
std::string timeline_hash(const Timeline& timeline);

}  // namespace braid
