// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/memory.hpp"

#include <algorithm>
#include <numeric>

#include "sim/memory/changes.hpp"

namespace braid {
namespace {

double resident_of(const RankProgram& rank) {
  return std::accumulate(rank.resident.begin(), rank.resident.end(), Bytes(0)).value;
}

MemoryPeak peak_of(const Played& played, std::size_t rank, PeakConvention convention) {
  const RankProgram& ops = played.ops(rank);
  double in_use = 0, most = 0, when = 0;
  for (const MemoryChange& change : memory_changes(played, rank, convention)) {
    in_use += change.bytes;
    if (in_use > most) {
      most = in_use;
      when = change.time;
    }
  }
  MemoryPeak peak{.rank = played.timeline->ranks[rank].rank,
                  .bytes = Bytes(resident_of(ops) + most),
                  .time = Seconds(when),
                  .by_class = ops.resident};
  peak.by_class[static_cast<std::size_t>(MemoryClass::activations)] += Bytes(most);
  return peak;
}

/// Keeps the largest value of each run of points, and the last point.
std::vector<std::pair<Seconds, double>> decimated(const std::vector<std::pair<Seconds, double>>& points,
                                                  std::size_t most_points) {
  if (points.size() <= most_points) return points;
  std::vector<std::pair<Seconds, double>> kept;
  const std::size_t runs = most_points - 1, total = points.size() - 1;
  for (std::size_t run = 0; run < runs; ++run) {
    const auto from = points.begin() + static_cast<std::ptrdiff_t>(run * total / runs);
    const auto to = points.begin() + static_cast<std::ptrdiff_t>((run + 1) * total / runs);
    kept.push_back(*std::max_element(from, to, [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  kept.push_back(points.back());
  return kept;
}

}  // namespace

std::vector<MemoryPeak> memory_peaks(const Played& played, PeakConvention convention) {
  std::vector<MemoryPeak> peaks;
  for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) peaks.push_back(peak_of(played, rank, convention));
  return peaks;
}

MemoryPeak fullest(const std::vector<MemoryPeak>& peaks) {
  BRAID_CHECK(!peaks.empty(), "a timeline has ranks");
  return *std::max_element(peaks.begin(), peaks.end(),
                           [](const MemoryPeak& a, const MemoryPeak& b) { return a.bytes < b.bytes; });
}

MemoryByClass memory_by_class(const Played& played, std::size_t rank) {
  MemoryByClass memory{.resident = played.ops(rank).resident, .points = {{}}};
  const std::vector<double> deferred = deferred_at_end(played, rank);
  MemoryByClass::Point now;
  for (const MemoryChange& change : memory_changes(played, rank, PeakConvention::inclusive, deferred)) {
    now.activations += change.bytes - change.deferred;
    now.deferred_w += change.deferred;
    // Of one instant only what is in use after it counts; a zero-length peak inside it is kept.
    const bool same = memory.points.back().time.value == change.time;
    now.time = Seconds(change.time);
    if (same && change.phase != MemoryChange::Phase::frees_at_once) {
      memory.points.back() = now;
    } else {
      memory.points.push_back(now);
    }
  }
  return memory;
}

Counter memory_over_time(const Played& played, std::size_t rank, std::size_t most_points) {
  BRAID_CHECK(most_points >= 3, "a series keeps its begin, its peak and its end");
  const MemoryByClass memory = memory_by_class(played, rank);
  const double resident = resident_of(played.ops(rank));
  std::vector<std::pair<Seconds, double>> points;
  points.reserve(memory.points.size());
  for (const auto& point : memory.points) {
    points.emplace_back(point.time, resident + point.activations + point.deferred_w);
  }
  return {.name = "memory", .points = decimated(points, most_points)};
}

void add_memory_counters(const Program& program, Timeline& timeline, std::size_t most_points) {
  const Played played = join_complete(program, timeline);
  for (std::size_t rank = 0; rank < timeline.ranks.size(); ++rank) {
    timeline.ranks[rank].counters.push_back(memory_over_time(played, rank, most_points));
  }
}

}  // namespace braid
