// SPDX-License-Identifier: Apache-2.0
// The timeline of a run as inline SVG: for each rank a row of passes and bubbles, and under it, as heights, how much of
// each slice of time was idle for which cause and in which tp and pp were in flight.
//
// The number of rectangles is bounded: passes below a pixel are merged, small bubbles show in the heights alone.
#pragma once

#include <string>

#include "sim/report/report.hpp"

namespace braid {

struct TimelineSvgOptions {
  Seconds scale;  ///< the time that the full width stands for
  std::size_t most_ranks = 32;
  std::size_t rectangles = 12000;  ///< at most about so many for passes and bubbles
};

/// A <div class="timeline">, to be styled by html_style(). Colours are CSS classes by paint and cause.
std::string timeline_svg(const RunReport& report, const Played& played, const TimelineSvgOptions& options);

}  // namespace braid
