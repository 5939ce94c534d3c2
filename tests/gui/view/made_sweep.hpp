// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/store/store.hpp"

namespace braid::test {

/// One more configuration of the 12.1B on 16 A800: its schedule and plan.
struct Planned {
  std::string schedule;
  int tp = 8, pp = 2, microbatches = 16;
};

/// Plays it with `braid simulate --json` on the ideal network; what braid refuses is a failed configuration with its
/// words. Without a price.
Configuration played_by_braid(const Planned& planned);

/// STP, ZB-V, 1F1B-I, 1F1B and GPipe at TP 8 x PP 2, TP 4 x PP 4 and TP 2 x PP 8, 8 and 16 microbatches: 30
/// configurations, some of which fail (STP needs m >= 3p - 1).
std::vector<Planned> planned_grid();

}  // namespace braid::test
