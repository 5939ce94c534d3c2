// SPDX-License-Identifier: Apache-2.0
#include "gui/model/slice_rows.hpp"

#include <algorithm>

namespace braid {
namespace {

bool before(const Slice& a, const Slice& b) { return a.start != b.start ? a.start < b.start : a.end > b.end; }

}  // namespace

std::uint64_t join_edges(std::vector<SliceEdge>& edges, std::vector<Slice>& slices) {
  std::stable_sort(edges.begin(), edges.end(), [](const SliceEdge& a, const SliceEdge& b) { return a.time < b.time; });
  std::uint64_t alone = 0;
  std::vector<std::size_t> open;  // into slices
  const auto close = [&](std::int64_t time) {
    slices[open.back()].end = time;
    open.pop_back();
  };
  for (const SliceEdge& edge : edges) {
    if (edge.begin) {
      open.push_back(slices.size());
      slices.push_back(edge.slice);
      slices.back().start = edge.time;
    } else if (open.empty()) {
      ++alone;
    } else {
      close(edge.time);
    }
  }
  while (!open.empty()) close(edges.back().time);
  return alone;
}

void sort_slices(std::vector<Slice>& slices, const std::function<void()>& go_on) {
  if (std::is_sorted(slices.begin(), slices.end(), before)) return;
  constexpr std::size_t kRun = std::size_t{1} << 18;
  const auto at = [&](std::size_t i) {
    return slices.begin() + static_cast<std::ptrdiff_t>(std::min(i, slices.size()));
  };
  for (std::size_t i = 0; i < slices.size(); i += kRun) {
    std::stable_sort(at(i), at(i + kRun), before);
    if (go_on) go_on();
  }
  for (std::size_t run = kRun; run < slices.size(); run *= 2) {
    for (std::size_t i = 0; i + run < slices.size(); i += 2 * run) {
      if (!before(*at(i + run), *std::prev(at(i + run)))) continue;
      std::inplace_merge(at(i), at(i + run), at(i + 2 * run), before);
      if (go_on) go_on();
    }
  }
}

std::vector<std::uint16_t> row_of_slices(const std::vector<Slice>& slices) {
  std::vector<std::uint16_t> rows(slices.size());
  std::vector<std::int64_t> free_from;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const auto free =
        std::find_if(free_from.begin(), free_from.end(), [&](std::int64_t time) { return time <= slices[i].start; });
    rows[i] = static_cast<std::uint16_t>(free - free_from.begin());
    if (free != free_from.end()) {
      *free = slices[i].end;
    } else if (free_from.size() < kMostSliceRows) {
      free_from.push_back(slices[i].end);
    }
  }
  return rows;
}

}  // namespace braid
