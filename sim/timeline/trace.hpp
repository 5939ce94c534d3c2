// SPDX-License-Identifier: Apache-2.0
// Timelines for trace viewers: Chrome's JSON (chrome://tracing, Perfetto) and Perfetto's protobuf (smaller, faster to
// load). Both show each rank as a process, each lane as rows of its own, messages as arrows, counters as graphs.
//
// Written by hand into one string: a step has millions of slices. The same timeline gives the same bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sim/timeline/timeline.hpp"

namespace braid {

/// From a span to a span, both on the pp lanes of ranks, by position in the timeline and in the lane.
struct Arrow {
  std::uint32_t from_rank = 0;
  std::uint32_t from_span = 0;
  std::uint32_t to_rank = 0;
  std::uint32_t to_span = 0;
};

/// Chrome trace event format, JSON object form, times in microseconds with three decimals. Provenance is `otherData`.
std::string chrome_trace(const Timeline& timeline, std::span<const Arrow> arrows = {});

/// Perfetto trace packets, times in nanoseconds.
std::string perfetto_trace(const Timeline& timeline, std::span<const Arrow> arrows = {});

}  // namespace braid
