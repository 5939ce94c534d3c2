// SPDX-License-Identifier: Apache-2.0
// What Braid says before anything is measured: the program that will run, its costs, its timeline.
#pragma once

#include "sim/cost/costs.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

struct Prediction {
  Program program;
  Costs costs;
  Timeline timeline;
};

/// One run of a checked scenario, played on the ideal network: what runs on one node or less has no links that others
/// load. Ranks are folded unless the scenario says otherwise. Throws Error as generators and lowering do.
Prediction predict(const Scenario& scenario, const Run& run, const Profile& profile);

/// The timeline of a program at other costs, with the provenance of `like`.
Timeline play_again(const Program& program, const Costs& costs, const Scenario& scenario, const Provenance& like);

}  // namespace braid
