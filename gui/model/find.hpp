// SPDX-License-Identifier: Apache-2.0
// Which span is where: under the cursor, next to another, along a flow, with a word in its name.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "gui/model/row_layout.hpp"
#include "gui/model/time_map.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {

/// The span of the row that covers the time, or kNoIndex. O(log n). Of spans without a length at that time the last.
std::uint32_t span_at(const RunView& run, std::size_t row, std::int64_t time);
/// The span drawn at this pixel, up to `reach` pixels beside it if none covers it: every drawn block can be clicked.
std::uint32_t span_near(const RunView& run, std::size_t row, const TimeMap& map, double x, double reach = 2);
/// The next or previous span of the same row that is no idle piece; kNoIndex at the end.
std::uint32_t next_span(const RunView& run, std::uint32_t span);
std::uint32_t previous_span(const RunView& run, std::uint32_t span);
/// Spans that wait for this one (the reverse of deps_of; idle pieces are none of them), at most `most`. Scans the run's
/// dependences.
std::vector<std::uint32_t> dependents_of(const RunView& run, std::uint32_t span, std::size_t most = 64);
/// Idle pieces that are blamed on this span, at most `most` of them, in the order of the run.
std::vector<std::uint32_t> idle_blamed_on(const RunView& run, std::uint32_t span, std::size_t most = 1000);

/// What a search asks for: words that the label holds, all of them, whatever their case; "mb:3", "chunk:1", "layer:7",
/// "rank:2", "lane:tp", "idle:pp_wait" and ">1ms", "<20us", ">2slots" (duration) narrow it. "mb3", "chunk1", "layer7"
/// and "rank2" mean that number and no longer one, a unit ("mlp") is no part of another ("pre_mlp"). Passes say what
/// the units of their rank say, so they are searched only by "lane:passes", or where a rank has no other row of
/// compute.
struct Query {
  std::vector<std::string> words{};  ///< in lower case
  int microbatch = -1, chunk = -1, layer = -1, rank = -1;
  std::string lane{}, idle{};
  std::int64_t longer_than = -1, shorter_than = -1;  ///< ns

  bool operator==(const Query&) const = default;
};
/// Throws Error("search", ...) for a condition that cannot be read.
Query parse_query(const std::string& text);

struct Hits {
  std::vector<std::uint32_t> spans;  ///< by time, then row; at most a million
  std::uint64_t count = 0;           ///< all of them
  std::int64_t time = 0;             ///< their durations, summed
};
/// A query that asks for nothing finds nothing. Stops early, with what it has, when `stop` becomes true.
Hits search(const RunView& run, const Query& query, const std::atomic<bool>* stop = nullptr);

}  // namespace braid
