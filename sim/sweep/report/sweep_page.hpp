// SPDX-License-Identifier: Apache-2.0
// A sweep store as one HTML page to send around: no other file, no network.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/store/store.hpp"

namespace braid {

/// A timeline drawn beforehand (timeline_svg()) with the row that it is of.
struct DrawnRow {
  std::int64_t id = 0;
  std::string svg;
};

struct SweepPageInput {
  std::string title;
  std::vector<Configuration> rows;  ///< slim
  std::string currency;
  std::vector<DrawnRow> timelines;
};

/// The same input gives the same bytes.
std::string sweep_page(const SweepPageInput& input);

}  // namespace braid
