// SPDX-License-Identifier: Apache-2.0
#include "sim/program/scheduled.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/pytorch_csv.hpp"

namespace braid {
namespace {

constexpr std::string_view kFile = "file:";

}  // namespace

std::string label_of(const Run& run) {
  if (!run.label.empty()) return run.label;
  if (!run.schedule.starts_with(kFile)) return run.schedule;
  const std::string name = std::filesystem::path(run.schedule.substr(kFile.size())).filename().string();
  return name.substr(0, name.find('.'));
}

const Run& run_called(const Scenario& scenario, const std::string& name, const std::string& where) {
  std::string labels;
  for (const Run& run : scenario.runs) {
    if (label_of(run) == name || run.schedule == name) return run;
    labels += (labels.empty() ? "" : ", ") + label_of(run);
  }
  throw Error(where, "'" + name + "' is no run of " + scenario.path + ", which has " + labels);
}

Schedule schedule_of(const Scenario& scenario, const Run& run) {
  Schedule schedule;
  if (run.schedule.starts_with(kFile)) {
    schedule = read_schedule(run.schedule.substr(kFile.size()));
  } else {
    try {
      schedule = generate_schedule(run.schedule, {.stages = scenario.plan.pp,
                                                  .microbatches = scenario.plan.microbatches,
                                                  .chunks = run.chunks,
                                                  .group = run.group,
                                                  .memory_limit = run.memory_limit});
    } catch (const Error& error) {
      // The rule is the generator's; which line of which file asked for it is known here.
      const auto at = std::find(scenario.runs.begin(), scenario.runs.end(), run);
      if (at == scenario.runs.end()) throw;
      throw Error(location(scenario, "run." + std::to_string(at - scenario.runs.begin()) + ".schedule"), error.what());
    }
  }
  throw_if_any(check(schedule));
  return schedule;
}

}  // namespace braid
