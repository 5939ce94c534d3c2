// SPDX-License-Identifier: Apache-2.0
// Configurations on which blocks are held against units: schedules, plans, options, GPUs and links of many kinds.
#pragma once

#include <string>
#include <vector>

#include "sim/cost/profile.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid::testing {

struct GridPoint {
  std::string name;  ///< "h100 sp stp tp8 pp4 m32"
  std::string kind;  ///< what tables sum up: the option that is tried, "h100" and the like if none is
  Scenario scenario;
  Run run;
  Profile profile;
};

/// Of every `stride`-th configuration of the grid those that can be played.
std::vector<GridPoint> screening_grid(int stride);

/// Relative errors of a screened run against the played one.
struct ScreeningError {
  double step_time = 0, peak = 0;
  double tp_share = 0, pp_share = 0, exposed = 0;  ///< differences of shares of the step
  bool fits_differ = false;
};
ScreeningError screening_error(const GridPoint& point);

}  // namespace braid::testing
