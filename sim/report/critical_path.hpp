// SPDX-License-Identifier: Apache-2.0
// The chain of ops that made the step as long as it is.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/memory/played.hpp"

namespace braid {

struct PathOp {
  std::size_t rank = 0;  ///< position in the timeline; of a message the sender's
  int pp = 0;            ///< pipeline rank
  std::uint32_t op = 0;  ///< of that rank; of a message the sender's
  Lane lane = Lane::compute;
  OpKey key;      ///< of the timeline's span
  Seconds share;  ///< from the end of the op before it on the path to its own end; they sum up to the step
};

/// From the op that ends last back, at each to what ended last of all it waited for: its dependences, the op before it
/// on its ordered lane, the same of its peers in a collective, and what the posts of its batch waited for in a message.
/// Of several the one on the lowest lane, then rank, then op. In order of time. Empty if there are no ops.
std::vector<PathOp> critical_path(const Played& played);

/// Of the second path's time, the share in ops that are on the first as well.
double path_agreement(const std::vector<PathOp>& predicted, const std::vector<PathOp>& measured);

/// Time on the path, by Lane of its ops; waiting before an op counts as the op's.
std::array<Seconds, kLanes> time_by_lane(const std::vector<PathOp>& path);

}  // namespace braid
