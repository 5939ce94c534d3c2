// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/plan.hpp"

#include <algorithm>

#include "sim/base/error.hpp"

namespace braid {
namespace {

// Full allowances from the runs of results/0002 (rows and minutes of each sweep), with room for at least 31 samples a
// point; quick plans have fewer points.
constexpr PlannedSweep kPlan[] = {
    {.name = "check", .stage = 1, .quick_s = 8, .full_s = 15},
    {.name = "launch", .stage = 1, .quick_s = 3, .full_s = 5},
    {.name = "gemm", .stage = 1, .quick_s = 28, .full_s = 270},
    {.name = "grid", .stage = 2, .quick_s = 12, .full_s = 110},
    {.name = "memory", .stage = 2, .quick_s = 16, .full_s = 40},
    {.name = "attention", .stage = 2, .quick_s = 16, .full_s = 60, .needs = {.cudnn = true}},
    {.name = "copy", .stage = 2, .quick_s = 4, .full_s = 30},
    {.name = "power", .stage = 2, .quick_s = 0, .full_s = 12},
    {.name = "unit", .stage = 3, .quick_s = 14, .full_s = 170, .needs = {.cudnn = true}},
    {.name = "layer", .stage = 3, .quick_s = 14, .full_s = 210, .needs = {.cudnn = true}},
    {.name = "overlap", .stage = 4, .quick_s = 14, .full_s = 110},
    {.name = "collective", .stage = 4, .quick_s = 8, .full_s = 45},
    {.name = "braid", .stage = 4, .quick_s = 8, .full_s = 100, .needs = {.cudnn = true, .nccl = true}},
    // Last: NCCL on a green context's stream was never tried, and nothing bounds its abort.
    {.name = "partition", .stage = 4, .quick_s = 5, .full_s = 30},
};

constexpr double kDay = 86400;

struct Library {
  const char* name;
  bool Parts::*has;
  const char* inside;  // of sweeps that run without it
};
constexpr Library kLibraries[] = {
    {"cuDNN", &Parts::cudnn, "attention and whole units in check, attention in overlap"},
    {"NCCL", &Parts::nccl, "NCCL in overlap, collective and partition"},
    {"CUPTI", &Parts::cupti, "the recording of layer --shape"},
};

void check_choice(const PlanChoice& c) {
  if (c.quick && c.full) throw Error("--quick", "and --full are two plans; choose one");
  if (c.stage && !c.names.empty())
    throw Error("--stage", "is a stage of the whole plan; leave out the names of sweeps");
  if (c.stage && c.quick) throw Error("--stage", "is a stage of the full plan; leave out --quick");
  if (c.stage && (*c.stage < 1 || *c.stage > kStages))
    throw Error("--stage", std::to_string(*c.stage) + " is not one of 1 to " + std::to_string(kStages));
  if (c.seconds && !(*c.seconds > 0 && *c.seconds <= kDay))
    throw Error("--seconds", "must be greater than 0 and at most a day, 86400");
  std::vector<std::string> known;
  for (const PlannedSweep& s : kPlan) known.emplace_back(s.name);
  for (const std::string& name : c.names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest_word(name, known);
    throw Error(name, "there is no such sweep" + (near.empty() ? std::string() : ", did you mean '" + near + "'?") +
                          "; see braid-calibrate --help");
  }
}

}  // namespace

std::span<const PlannedSweep> plan() { return kPlan; }

std::string lacking(const PlannedSweep& sweep, const Parts& built) {
  for (const Library& l : kLibraries)
    if (sweep.needs.*l.has && !(built.*l.has)) return l.name;
  return "";
}

std::vector<std::string> left_out(const Parts& built) {
  std::vector<std::string> lines;
  for (const Library& l : kLibraries) {
    if (built.*l.has) continue;
    std::string line = std::string("built without ") + l.name + ", left out: ";
    for (const PlannedSweep& s : kPlan)
      if (s.needs.*l.has) line += std::string(s.name) + ", ";
    lines.push_back(line + l.inside);
  }
  return lines;
}

std::vector<Allotment> allot(const PlanChoice& choice) {
  check_choice(choice);
  std::vector<Allotment> chosen;
  for (const PlannedSweep& s : kPlan) {
    const bool named = std::find(choice.names.begin(), choice.names.end(), s.name) != choice.names.end();
    const double planned = choice.quick ? s.quick_s : s.full_s;
    if (choice.names.empty() ? planned == 0 : !named) continue;
    if (choice.stage && s.stage != *choice.stage) continue;
    // A sweep that is named although the quick plan leaves it out takes what it takes.
    chosen.push_back({s.name, choice.seconds.value_or(planned > 0 ? planned : s.full_s)});
  }
  return chosen;
}

}  // namespace braid
