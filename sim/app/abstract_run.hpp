// SPDX-License-Identifier: Apache-2.0
// A schedule played at abstract costs as the columns of a run file: the picture of a paper.
#pragma once

#include "sim/app/abstract_play.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// Time is in slots of 1e9 ns. The row of passes and the compute row have the cells of the schedule, coloured and named
/// as what they do ("F3", "F7 & B2'"); the compute row has the idle pieces between them as well.
/// Memory is counted in activations of a chunk.
RunColumns run_columns(const Schedule& schedule, const AbstractPlay& play);

}  // namespace braid
