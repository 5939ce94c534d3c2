// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store/front.hpp"

#include <algorithm>
#include <numeric>

namespace braid {

std::vector<std::size_t> pareto_front(std::span<const std::pair<double, double>> points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return points[a] < points[b]; });
  std::vector<std::size_t> front;
  for (const std::size_t i : order) {
    if (front.empty() || points[i].second < points[front.back()].second) front.push_back(i);
  }
  return front;
}

}  // namespace braid
