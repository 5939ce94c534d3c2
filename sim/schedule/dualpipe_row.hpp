// SPDX-License-Identifier: Apache-2.0
// The order that DualPipe and DualPipeV share: eight steps over a near chunk (0) and a far chunk (1).
#pragma once

#include <vector>

#include "sim/schedule/row_writer.hpp"

namespace braid {

/// Where a rank stands. `depth` ranks lie between an end of the pipeline and its turn: p in DualPipeV's V, p/2 in
/// DualPipe, where the two directions meet in the middle; `place` counts from that end, `microbatches` is per chunk.
struct DualPipePosition {
  int depth = 0;
  int place = 0;
  int microbatches = 0;
};

/// Needs microbatches >= 2 * depth.
std::vector<Cell> dualpipe_row(const DualPipePosition& at, std::vector<ChunkPlace> chunks);

}  // namespace braid
