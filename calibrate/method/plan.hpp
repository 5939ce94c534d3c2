// SPDX-License-Identifier: Apache-2.0
// Which sweeps a run of braid-calibrate makes, in which order, and how long each may take. Host only.
//
// A sweep puts its most wanted points first; what its allowance cuts off is the least wanted. The allowances hold on
// one H100 or H200 and are bounds, not expectations: a sweep that has measured its points ends.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace braid {

/// The libraries without which Braid still builds; each that is missing switches off what needs it.
struct Parts {
  bool cudnn = false, nccl = false, cupti = false;
};

struct PlannedSweep {
  const char* name;
  int stage;               ///< of the full plan, 1 to kStages
  double quick_s, full_s;  ///< 0: not part of that plan
  Parts needs = {};
};

inline constexpr int kStages = 4;
inline constexpr double kQuickSeconds = 180, kFullSeconds = 1500, kStageSeconds = 480;  ///< what the plans stay under

/// All sweeps in the order in which they run.
std::span<const PlannedSweep> plan();

/// The library that `sweep` needs and a build with `built` lacks; "" when it can run.
std::string lacking(const PlannedSweep& sweep, const Parts& built);

/// What a build leaves out: a line for each library that it lacks.
std::vector<std::string> left_out(const Parts& built);

struct PlanChoice {
  std::vector<std::string> names = {};           ///< none: every sweep of the plan
  bool quick = false, full = false;              ///< neither: full
  std::optional<int> stage = std::nullopt;       ///< one stage of the full plan
  std::optional<double> seconds = std::nullopt;  ///< allowance of each sweep in place of the plan's
};

struct Allotment {
  std::string name;
  double seconds;
  bool operator==(const Allotment&) const = default;
};

/// The sweeps to run, in the plan's order. Throws Error for a sweep that is not known, both plans at once, a stage that
/// does not exist or beside names or --quick, and an allowance that is not greater than 0 or longer than a
/// day.
std::vector<Allotment> allot(const PlanChoice& choice);

}  // namespace braid
