// SPDX-License-Identifier: Apache-2.0
// The best rows of a store played again, drawn.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/report/sweep_page.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

/// The first `most` of the ranking, played by units on the network that their rows name, to one scale. One that cannot
/// be played again has the reason in place of a picture.
std::vector<DrawnRow> best_timelines(const SweepStore& store, const Survey& survey, std::size_t most);

}  // namespace braid
