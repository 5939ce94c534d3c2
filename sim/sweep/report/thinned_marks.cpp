// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/thinned_marks.hpp"

#include <cmath>
#include <set>
#include <tuple>

namespace braid {

ThinnedMarks thinned_marks(const std::vector<MarkPlace>& marks, std::size_t most) {
  ThinnedMarks thinned;
  std::size_t always = 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    thinned.drawn.push_back(i);
    if (marks[i].always) ++always;
  }
  const std::size_t limit = most + always;
  // Each round has squares of twice the area or more, so that few rounds do for any number of marks.
  for (double apart = 1; thinned.drawn.size() > limit; apart *= 1.5) {
    thinned.drawn.clear();
    thinned.apart = apart;
    std::set<std::tuple<long, long, std::size_t>> taken;
    for (std::size_t i = 0; i < marks.size(); ++i) {
      const MarkPlace& mark = marks[i];
      const bool is_new = taken.emplace(std::lround(mark.x / apart), std::lround(mark.y / apart), mark.group).second;
      if (is_new || mark.always) thinned.drawn.push_back(i);
    }
    // One square a group is left: no larger one helps.
    if (apart > 1e4) break;
  }
  return thinned;
}

}  // namespace braid
