// SPDX-License-Identifier: Apache-2.0
// Everything that is known of one span, as lines for people: what, when, how large, why so long, waits for what.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

struct DetailLine {
  std::string name;               ///< "duration"
  std::string value;              ///< "1.376 ms"
  std::uint32_t span = kNoIndex;  ///< a span to go to
  bool heading = false;
};

/// Op, rank, lane, microbatch, chunk, layer; start, duration, stretch; shape, flops, bytes, achieved rate, predicted
/// cost and its source; dependences with their slack (its start minus their end), dependents; of an idle piece the
/// cause in words, what could not start, what it waited for, and on which rank.
std::vector<DetailLine> details_of(const Trace& trace, std::uint32_t span);

/// One short text for a tooltip.
std::string tooltip_of(const Trace& trace, std::uint32_t span);

/// What a span is called, with its chunk and layer: "F attn mb3 chunk0 layer12".
std::string full_label_of(const RunView& run, std::uint32_t span);

/// "1.376 ms", "12 slots": a time as the run's unit wants it, with as many digits as are worth reading.
std::string time_text(const RunFacts& facts, std::int64_t ns);

}  // namespace braid
