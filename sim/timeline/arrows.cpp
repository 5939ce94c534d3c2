// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/arrows.hpp"

#include <algorithm>
#include <tuple>

#include "sim/base/error.hpp"

namespace braid {

std::vector<std::vector<ArrowEnd>> ends_of(const Timeline& timeline, std::span<const Arrow> arrows) {
  std::vector<std::vector<ArrowEnd>> ends(timeline.ranks.size());
  const auto add = [&](std::uint32_t rank, ArrowEnd end) {
    BRAID_CHECK(rank < ends.size() && end.span < timeline.ranks[rank].lanes[static_cast<std::size_t>(Lane::pp)].size(),
                "an arrow joins two spans of the timeline");
    ends[rank].push_back(end);
  };
  for (std::uint32_t i = 0; i < arrows.size(); ++i) {
    add(arrows[i].from_rank, {.span = arrows[i].from_span, .arrow = i, .leaves = true});
    add(arrows[i].to_rank, {.span = arrows[i].to_span, .arrow = i, .leaves = false});
  }
  for (auto& of_rank : ends) {
    std::sort(of_rank.begin(), of_rank.end(), [](const ArrowEnd& a, const ArrowEnd& b) {
      return std::tie(a.span, a.arrow) < std::tie(b.span, b.arrow);
    });
  }
  return ends;
}

}  // namespace braid
