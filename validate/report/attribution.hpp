// SPDX-License-Identifier: Apache-2.0
// Whose fault an error of the step time is: the profile's, which says how long ops take, or the model's, which says how
// they wait for and disturb one another.
//
// The engine plays the program once more with the durations that were measured (took() of compare.hpp) in place of the
// costs. What changes against the prediction is the profile's error; what is left against the measured run is the
// model's: launches, order, waiting, messages that others hold back. The two sum up to the error, exactly.
#pragma once

#include <string>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/memory/played.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// What the durations of one class of ops (op_class.hpp) explain of the error. Messages count as their sends'.
struct ClassExplains {
  std::string name;
  Seconds explained;  ///< step time as predicted minus that with this class alone as measured; they need not sum up
};

struct Attribution {
  Seconds predicted;                   ///< step time at the costs
  Seconds replayed;                    ///< step time at the measured durations
  Seconds measured;                    ///< step time of the timeline that they come from
  std::vector<ClassExplains> classes;  ///< by |explained|, largest first

  Seconds profile_error() const { return predicted - replayed; }
  Seconds model_error() const { return replayed - measured; }
};

/// Plays on an ideal network, all ranks of an unfolded `measured` one by one. `predicted` is the step time of the
/// prediction; where that was not played on an ideal network, what the network did counts as the profile's. A class
/// costs one play of the program.
Attribution attribute(const Costs& costs, const Cluster& cluster, Seconds predicted, const Played& measured);

}  // namespace braid
