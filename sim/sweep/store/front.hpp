// SPDX-License-Identifier: Apache-2.0
// The points that no other point beats in both of two things.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace braid {

/// Indices of the points of which none other is at most as large in both coordinates (less is better in both), by
/// ascending first coordinate; of equal points the first.
std::vector<std::size_t> pareto_front(std::span<const std::pair<double, double>> points);

}  // namespace braid
