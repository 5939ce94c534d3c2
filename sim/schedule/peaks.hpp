// SPDX-License-Identifier: Apache-2.0
// How many chunk activations a rank holds at most, in the three ways of counting that the papers use.
//
// Counts of whole chunks, not bytes: sizes and partial lifetimes are the memory module's. They follow from the order
// of a rank's cells alone, so no times are needed.
#pragma once

#include <vector>

#include "sim/schedule/schedule.hpp"

namespace braid {

/// Per rank. A braid of v=2 chunks counts chunks: one of v=1 is as large as two of them.
struct PeakActivations {
  std::vector<int> netted;     ///< live after each cell: F takes one, I or B gives one back
  std::vector<int> inclusive;  ///< a cell's F counts from its start, its I or B gives back at its end
  std::vector<int> until_w;    ///< as inclusive, but what gives back is W or B
};

/// Needs a checked schedule.
PeakActivations peak_activations(const Schedule& schedule);

}  // namespace braid
