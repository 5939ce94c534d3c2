// SPDX-License-Identifier: Apache-2.0
// The rows of a trace viewer: each lane of a rank, spread over several rows where its spans overlap.
//
// Viewers nest slices that share a row, which would make one message look like a part of another. Times are in whole
// nanoseconds from here on, so that rounding cannot make neighbours overlap.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/timeline/timeline.hpp"

namespace braid {

/// A time in whole nanoseconds, the unit of trace files.
std::int64_t nanoseconds(Seconds time);

struct Track {
  std::string name;  ///< "pp", and "pp 2" where one row is not enough
  Lane lane = Lane::compute;
  int id = 0;                        ///< from 1, unique in its rank
  int order = 0;                     ///< rows are shown in this order
  std::vector<std::uint32_t> spans;  ///< of the lane, in order, none overlapping
};

/// The rows of a rank, of lanes that have spans. A span goes to the first row that is free.
std::vector<Track> tracks_of(const RankTimeline& rank);

/// "F attn mb3": what a slice is called; the rest of the key is in its arguments.
void append_name(std::string& text, const OpKey& key);

}  // namespace braid
