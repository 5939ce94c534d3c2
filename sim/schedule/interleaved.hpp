// SPDX-License-Identifier: Apache-2.0
// What the interleaved schedules share: in which order a rank takes its chunks, microbatch group by group.
#pragma once

#include <string_view>
#include <vector>

#include "sim/schedule/row_writer.hpp"

namespace braid {

struct InterleavedOrder {
  int chunks = 0;              ///< v
  int group = 0;               ///< N: microbatches of one chunk before the next chunk's turn
  std::vector<int> forwards;   ///< chunk of the i-th forward of a rank; the same on every rank
  std::vector<int> backwards;  ///< chunk of the i-th backward

  int forward_chunk(int i) const { return forwards[static_cast<std::size_t>(i)]; }
  int backward_chunk(int i) const { return backwards[static_cast<std::size_t>(i)]; }
};

/// The order for a request: v = 2 unless given; N as asked (Megatron's rule) or torch's m div max(1, m div p).
/// Throws Error("schedule:<name>", ...) that says the rule which the group breaks.
InterleavedOrder interleaved_order(std::string_view name, const ScheduleRequest& request);

}  // namespace braid
