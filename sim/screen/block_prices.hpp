// SPDX-License-Identifier: Apache-2.0
// What a block of each class takes, from a play of its units alone: how it is cut into ops, how long they last, what
// slows them, how far ahead the host must be, and what it does to the memory.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/program/lower_blocks.hpp"

namespace braid {

struct BlockPrice {
  BlockCut cut;
  std::vector<Seconds> duration;  ///< by op of the cut
  /// By op of the cut that communicates: the work of the collective that it ends or begins with; -1 for pieces.
  std::vector<int> communicates;
  /// Of its compute ops, within the pieces; together the pieces' durations.
  Seconds busy, stretch, waits;
  Seconds launch;  ///< host time to issue all of it
  Seconds lead;    ///< how long before its last launch its first op can start and still never wait for one
  Bytes peak;      ///< most activations in use above those at its start
  Bytes net;       ///< activations in use at its end above those at its start

  /// Compute ops of the block from the start of the first one; what a piece is made of.
  struct Part {
    double start = 0, end = 0;
    double alone = 0;  ///< seconds that it takes alone
    std::uint16_t work = 0;
  };
  std::vector<Part> parts;
};

/// By class. `costs` are of `works`, the works that the classes' units name.
std::vector<BlockPrice> block_prices(const BlockClasses& classes, const std::vector<WorkItem>& works, int tp,
                                     const Costs& costs);

/// Seconds that a second of a communication adds to what a block computes beside it, over [from, to) of its time;
/// `row(work)` is that of one unit.
template <typename Row>
double mean_stretch(const BlockPrice& price, double from, double to, Row row) {
  if (!(to > from)) return 0;
  double sum = 0;
  for (const BlockPrice::Part& part : price.parts) {
    const double overlap = std::min(part.end, to) - std::max(part.start, from);
    if (overlap > 0) sum += overlap * (part.alone / (part.end - part.start)) * row(part.work);
  }
  return sum / (to - from);
}

}  // namespace braid
