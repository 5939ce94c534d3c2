// SPDX-License-Identifier: Apache-2.0
// One schedule of a scenario from its name to its report: generate or read, lower, price, simulate, measure.
#pragma once

#include <string>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"
#include "sim/report/report.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

struct PlayedRun {
  Program program;
  Costs costs;
  Timeline timeline;
  RunReport report;
};

/// Plays a program with the engine and the network that the scenario asks for.
Timeline simulate(const Program& program, const Costs& costs, const Scenario& scenario);

/// What would keep these runs of a checked scenario from being played: a schedule outside its precondition, a file that
/// is none or does not fit the plan, layers that do not divide. Every fault; call it before anything is written.
std::vector<Issue> check_runs(const Scenario& scenario, const std::vector<Run>& runs);

/// Plays one run of a checked scenario.
PlayedRun play(const Scenario& scenario, const Run& run, const Profile& profile);

}  // namespace braid
