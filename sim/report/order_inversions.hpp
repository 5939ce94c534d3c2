// SPDX-License-Identifier: Apache-2.0
// Pairs of ops of one rank that start in one order in the one run and in the other order in the other.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/op_key.hpp"
#include "sim/base/units.hpp"

namespace braid {

/// An op of one rank in both runs.
struct StartPair {
  OpKey key;
  Lane lane = Lane::compute;
  Seconds predicted;
  Seconds measured;
};

/// `first` starts before `second` in the prediction, and after it in the measured run.
struct Inversion {
  OpKey first, second;
  Seconds predicted_lead;  ///< start of second - start of first, predicted; > slack
  Seconds measured_lag;    ///< start of first - start of second, measured; > slack
};

struct Inversions {
  std::uint64_t count = 0;
  std::uint64_t pairs = 0;         ///< of ops on different lanes, all of them
  std::vector<Inversion> largest;  ///< by measured_lag, largest first; of each second op on each lane the worst first

  double share() const { return pairs == 0 ? 0 : static_cast<double>(count) / static_cast<double>(pairs); }
};

/// Counts pairs of ops on different lanes whose starts differ by more than `slack` in both runs, in opposite orders;
/// O(n log n). Ops of one lane run in program order anyway (messages, which need not, are not counted against one
/// another). At most `most_named` are named. The order of `ops` does not matter.
Inversions order_inversions(std::vector<StartPair> ops, Seconds slack, std::size_t most_named);

}  // namespace braid
