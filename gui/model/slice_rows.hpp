// SPDX-License-Identifier: Apache-2.0
// The slices of a thread of a trace, which nest and overlap, as rows of slices that do not.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace braid {

struct Slice {
  std::int64_t start = 0, end = 0;  ///< ns
  std::uint32_t name = 0;
  std::uint32_t kind = 0;  ///< into the classes of the importer
  std::int32_t index = 0;  ///< of the op's key, as what follows
  std::uint32_t stretch = 0;
  std::int16_t microbatch = -1, layer = -1;
  std::int8_t chunk = -1;
};

/// One half of a slice that is written as two events.
struct SliceEdge {
  std::int64_t time = 0;
  Slice slice;  ///< of a begin, but for its times
  bool begin = false;
};

/// Joins each end to the last open begin before it; edges in order of time, those of one time as they were written.
/// What is never closed ends with the last edge. Returns how many ends had no begin.
std::uint64_t join_edges(std::vector<SliceEdge>& edges, std::vector<Slice>& slices);

/// Sorts by start, the longer one first, else as they were. Asks `go_on` at least every 2^18 slices, if there is one;
/// whoever is asked throws to stop it.
void sort_slices(std::vector<Slice>& slices, const std::function<void()>& go_on = {});

inline constexpr std::size_t kMostSliceRows = 256;

/// For sorted slices the row of each, from 0: the first that is free, which for nested slices is their depth;
/// kMostSliceRows for one that overlaps as many others.
std::vector<std::uint16_t> row_of_slices(const std::vector<Slice>& slices);

}  // namespace braid
