// SPDX-License-Identifier: Apache-2.0
// Arrows by the span that they touch, for the writers of traces.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/timeline/trace.hpp"

namespace braid {

/// What touches a span of a pp lane.
struct ArrowEnd {
  std::uint32_t span = 0;
  std::uint32_t arrow = 0;
  bool leaves = false;  ///< begins here
};

/// By position of the rank, sorted by span. Throws no error: an arrow to a span that is not there is our own bug.
std::vector<std::vector<ArrowEnd>> ends_of(const Timeline& timeline, std::span<const Arrow> arrows);

}  // namespace braid
