// SPDX-License-Identifier: Apache-2.0
// What a selected area holds: time by category and by unit, per rank and in all, as Holistic Trace Analysis does.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

struct RankAggregate {
  std::int32_t rank = -1;                  ///< position in RunView::ranks
  std::array<double, kCategories> time{};  ///< ns on its rows, idle causes among them
  double compute = 0;                      ///< ns in which something computes
  double exposed = 0;                      ///< communication in flight and nothing computes
  double overlapped = 0;                   ///< communication in flight beside compute
};

struct UnitAggregate {
  std::string name;  ///< "F attn", "all_reduce F attn": class_of() of sim/report; a foreign span's own name
  Category category = Category::other;
  std::uint64_t count = 0;
  double time = 0, shortest = 0, longest = 0;  ///< ns, whole durations clipped to the area
};

struct Aggregates {
  TimeRange range;
  std::vector<RankAggregate> ranks;
  RankAggregate all;                 ///< sums over ranks
  std::vector<UnitAggregate> units;  ///< by time, longest first
};

/// Of these rows of the run (empty: all) in the range. Category times come from the pyramid's sums; units need the
/// spans and are left out above `most_spans` of them.
Aggregates aggregate(const Trace& trace, TimeRange range, const std::vector<std::uint32_t>& rows,
                     std::size_t most_spans = 2'000'000);

/// One idle piece, for a table; the costliest first.
struct BubbleRow {
  std::uint32_t span = 0;
  std::int32_t rank = -1;
  Category cause = Category::idle_drain;
  std::int64_t start = 0, length = 0;
  std::uint32_t waiting = kNoIndex;  ///< span
  std::uint32_t blamed = kNoIndex;   ///< span
};
/// Idle pieces within the range, by length; at most `most`.
std::vector<BubbleRow> bubbles(const RunView& run, TimeRange range, std::size_t most = 100'000);

}  // namespace braid
