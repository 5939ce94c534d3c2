// SPDX-License-Identifier: Apache-2.0
// What a run would gain or lose if one thing around it were different: a slower network, faster GPUs.
//
// All of it is screened (screen.hpp), the run as it is as well, so that like is held against like.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/cost/profile.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/screen/screen.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

/// What a whole row of a store (not slim) was played from.
struct Playable {
  Scenario scenario;
  Run run;
  Profile profile;
};
/// Throws Error if the row's texts are none.
Playable playable(const Configuration& row);

/// One thing that can be turned down and up, by a factor that 1 leaves alone.
struct Knob {
  const char* what;
  const char* low;   ///< in words
  const char* high;  ///< in words
  double low_factor;
  double high_factor;
  /// False where the factor makes no sense: half of an odd number of microbatches.
  bool (*turn)(Scenario& scenario, Profile& profile, double factor);
};
/// Bandwidth between nodes, bandwidth inside nodes, latencies of both, GPUs, microbatches a step.
std::span<const Knob> knobs();

/// All that a GPU computes takes 1/factor of the time: its peaks, its memory, its overheads, and what was measured on
/// it. What communication costs stays.
void speed_up_gpu(Scenario& scenario, Profile& profile, double factor);

/// Tokens a second with the knob turned, and what was said of the run as it is; nothing where it cannot be played so,
/// or fits the memory no longer. Throws Error as Screener::screen() for a run that cannot be played as it is.
std::optional<double> turned_speed(const Scenario& scenario, const Run& run, const Profile& profile, const Knob& knob,
                                   double factor, Screener& screener);

/// Of one knob: tokens a second over those of the run as it is.
struct Swing {
  std::string what;
  std::string low_label, high_label;
  std::optional<double> low, high;
};
/// Knobs that move most come first.
std::vector<Swing> sensitivity(const Scenario& scenario, const Run& run, const Profile& profile, Screener& screener);
/// Of a whole row of a store (not slim).
std::vector<Swing> sensitivity(const Configuration& row, Screener& screener);

}  // namespace braid
