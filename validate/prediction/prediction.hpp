// SPDX-License-Identifier: Apache-2.0
// What Braid says before anything is measured: the program that will run, its costs, its timeline.
#pragma once

#include <optional>

#include "sim/cost/costs.hpp"
#include "sim/cost/profile.hpp"
#include "sim/program/program.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timeline/timeline.hpp"
#include "validate/prediction/measured_works.hpp"

namespace braid {

struct Prediction {
  Program program;
  Costs costs;
  Timeline timeline;
};

/// One run of a checked scenario, played on the ideal network: what runs on one node or less has no links that others
/// load. Ranks are folded unless the scenario says otherwise. With a pipeline rank: that rank alone (replay.hpp), the
/// others as predicted. Throws Error as generators and lowering do, or Error("rank", ...) for one that the plan has
/// not.
Prediction predict(const Scenario& scenario, const Run& run, const Profile& profile, std::optional<int> rank = {});

/// The same with what was measured of each work in place of its costs (works.csv).
Prediction with_works(Prediction prediction, const MeasuredWorks& works, const Scenario& scenario);

}  // namespace braid
