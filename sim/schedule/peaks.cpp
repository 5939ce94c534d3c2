// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/peaks.hpp"

#include <algorithm>

namespace braid {

PeakActivations peak_activations(const Schedule& schedule) {
  PeakActivations peaks;
  for (const std::vector<Cell>& row : schedule.rows) {
    int live = 0;          // until I or B
    int live_until_w = 0;  // until W or B
    int netted = 0;
    int inclusive = 0;
    int until_w = 0;
    for (const Cell& cell : row) {
      const auto count = [&cell](ActionType type) {
        return static_cast<int>(std::ranges::count(cell.actions, type, &Action::type));
      };
      live += count(ActionType::F);
      live_until_w += count(ActionType::F);
      inclusive = std::max(inclusive, live);
      until_w = std::max(until_w, live_until_w);
      live -= count(ActionType::I) + count(ActionType::B);
      live_until_w -= count(ActionType::W) + count(ActionType::B);
      netted = std::max(netted, live);
    }
    peaks.netted.push_back(netted);
    peaks.inclusive.push_back(inclusive);
    peaks.until_w.push_back(until_w);
  }
  return peaks;
}

}  // namespace braid
