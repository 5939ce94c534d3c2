// SPDX-License-Identifier: Apache-2.0
// What a selected area holds: time by category and by unit, per rank and in all, as Holistic Trace Analysis does; and
// the idle pieces in it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

struct RankAggregate {
  std::int32_t rank = -1;                  ///< position in RunView::ranks; -1: the whole cluster, or the sum
  std::array<double, kCategories> time{};  ///< ns on its rows, idle causes among them
  double compute = 0;                      ///< ns in which something computes
  double exposed = 0;                      ///< communication in flight and nothing computes
  double overlapped = 0;                   ///< communication in flight beside compute

  double idle() const;  ///< of all causes
};

struct UnitAggregate {
  std::string name;  ///< "F attn", "all_reduce F attn": class_of() of sim/report; a foreign span's own name
  Category category = Category::other;
  std::uint64_t count = 0;
  double time = 0, shortest = 0, longest = 0;  ///< ns, of durations clipped to the area
};

struct Aggregates {
  TimeRange range;
  std::vector<RankAggregate> ranks;  ///< those that have one of the rows, in the run's order
  RankAggregate all;                 ///< sums over ranks
  std::vector<UnitAggregate> units;  ///< by time, longest first; idle pieces are not among them
  std::uint64_t spans = 0;           ///< in the area, idle pieces among them
};

/// Of these rows of the run (empty: all) in the range. Counter rows hold no time. A passes row says again what the
/// lanes of its rank say, so it counts only where none of them is among the rows.
///
/// Category times come from the pyramid's sums. What computes, and what communication it hides, comes from the spans,
/// exactly: communication is that of the rows given, but it is exposed only when no compute lane of the rank works,
/// whether that lane was given or not; what stands for a peer in a replay is no communication. This is
/// exposed_communication() of sim/report where the range is the step. Units need every span and are left out where the
/// area has more than `most_spans` of them.
Aggregates aggregate(const Trace& trace, TimeRange range, const std::vector<std::uint32_t>& rows,
                     std::size_t most_spans = 2'000'000);

/// The causes of idleness that the run has anywhere, in their own order. None: it is a foreign trace.
std::vector<Category> idle_causes(const Trace& trace);

/// One idle piece, for a table; the costliest first.
struct BubbleRow {
  std::uint32_t span = 0;
  std::int32_t rank = -1;  ///< position in RunView::ranks
  Category cause = Category::idle_drain;
  std::int64_t start = 0, length = 0;  ///< of the whole piece, even if only a part of it is in the range
  std::uint32_t waiting = kNoIndex;    ///< span
  std::uint32_t blamed = kNoIndex;     ///< span
  bool operator==(const BubbleRow&) const = default;
};
struct BubbleFilter {
  std::optional<Category> cause;
  std::int32_t rank = -1;  ///< position in RunView::ranks; -1: all
};
struct Bubbles {
  std::vector<BubbleRow> rows;  ///< by length, of equal ones in the run's order; at most as many as asked for
  std::uint64_t count = 0;      ///< all that pass the filter
  double time = 0;              ///< ns, their lengths
};
/// Idle pieces that reach into the range and are not empty.
Bubbles bubbles(const RunView& run, TimeRange range, const BubbleFilter& filter = {}, std::size_t most = 100'000);

}  // namespace braid
