// SPDX-License-Identifier: Apache-2.0
// Bytes in use on each rank over time: what is resident all step, and activations from op to op.
//
// WorkItem::alloc is taken when an op starts, WorkItem::release given back when it ends. At one instant everything
// that ends frees before anything that starts allocates: a kernel that follows another reuses its memory, as with a
// caching allocator on one stream. An op that takes no time frees after it has allocated. Fragmentation, workspaces
// and the CUDA context are left out.
#pragma once

#include <array>
#include <vector>

#include "sim/memory/played.hpp"

namespace braid {

/// How to count what an op takes. Schedules are published with both.
enum class PeakConvention {
  inclusive,  ///< physical: taken when the op starts
  netted,     ///< what is left after each op: taken when the op ends, together with what it gives back
};

struct MemoryPeak {
  int rank = 0;  ///< as in RankTimeline
  Bytes bytes;
  Seconds time;  ///< when it is first reached
  std::array<Bytes, kMemoryClasses> by_class{};
};

/// The peak of each rank of the timeline, in its order.
std::vector<MemoryPeak> memory_peaks(const Played& played, PeakConvention convention = PeakConvention::inclusive);

/// The fullest of them; the first one of several. Needs at least one.
MemoryPeak fullest(const std::vector<MemoryPeak>& peaks);

/// What is in use on a rank over time: what is resident all step, activations that an I still needs, and what a W alone
/// still holds, from the end of its I to its own end.
struct MemoryByClass {
  struct Point {
    Seconds time;
    double activations = 0;  ///< bytes beside resident[activations], from `time` to the next point
    double deferred_w = 0;   ///< bytes
  };
  std::array<Bytes, kMemoryClasses> resident{};
  std::vector<Point> points;  ///< the first at 0; two of one time: a peak without duration
};

/// Of the rank at this position of the timeline; its classes sum to memory_over_time() at every instant.
MemoryByClass memory_by_class(const Played& played, std::size_t rank);

/// "memory": bytes in use over time on the rank at this position of the timeline, at most `most_points` of them (at
/// least 3), of which one is the peak.
Counter memory_over_time(const Played& played, std::size_t rank, std::size_t most_points = 4096);

/// Adds that counter to every rank of a timeline of the program. Throws Error if ops are missing.
void add_memory_counters(const Program& program, Timeline& timeline, std::size_t most_points = 4096);

}  // namespace braid
