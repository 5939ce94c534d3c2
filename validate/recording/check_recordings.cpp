// SPDX-License-Identifier: Apache-2.0
#include "validate/recording/check_recordings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/profile.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/verify.hpp"
#include "sim/scenario/scenario.hpp"
#include "validate/report/figures.hpp"
#include "validate/runner/replay.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

Profile profile_of(const Recording& recording, const std::string& folder, const Gpu& gpu) {
  if (!recording.profile_csv) return default_profile(gpu);
  return parse_profile(*recording.profile_csv, folder + "/profile.csv", gpu);
}

std::vector<std::string> recordings_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code fault;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, fault)) {
    if (fs::exists(entry.path() / "run.json", fault)) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string gpu_of(const MeasuredRun& run) {
  const auto found = run.timeline.provenance.facts.find("gpu");
  return found == run.timeline.provenance.facts.end() ? "" : found->second;
}

}  // namespace

Prediction predict(const Recording& recording, const std::string& folder) {
  const Scenario scenario = parse_scenario(recording.scenario_toml, folder + "/scenario.toml");
  throw_if_any(check(scenario));
  const auto run = std::ranges::find(scenario.runs, recording.schedule, label_of);
  if (run == scenario.runs.end()) {
    throw Error(folder + "/run.json:schedule", "the scenario has no run '" + recording.schedule + "'");
  }
  Prediction made{.scenario = scenario.name,
                  .cluster = scenario.cluster,
                  .program = lower(schedule_of(scenario, *run), scenario, *run)};
  made.costs = cost_program(made.program, made.cluster, profile_of(recording, folder, made.cluster.gpu));
  made.timeline = simulate_ideal(made.program, made.costs, made.cluster);
  if (recording.rank < 0) return made;
  if (recording.rank >= scenario.plan.pp) {
    throw Error(folder + "/run.json:rank",
                fmt::format("the plan has pipeline ranks 0 to {}, not {}", scenario.plan.pp - 1, recording.rank));
  }
  Replay replay = replay_of(made.program, made.costs, made.cluster, made.timeline, recording.rank);
  made.program = std::move(replay.program);
  made.costs = std::move(replay.costs);
  made.timeline = simulate_ideal(made.program, made.costs, made.cluster);
  return made;
}

std::vector<CheckedRecordings> check_recordings(const std::string& folder, const Limits& limits,
                                                const Predict& predict) {
  struct Group {
    std::string scenario;
    std::vector<std::string> names;
    std::vector<ValidationRun> runs;
  };
  std::map<std::tuple<std::string, std::string, std::string>, Group> groups;
  for (const std::string& name : recordings_in(folder)) {
    const std::string path = folder + "/" + name;
    Recording recording = read_recording(path);
    Prediction prediction = predict(recording, path);
    throw_if_any(verify(prediction.program, recording.run.timeline));
    Group& group = groups[{recording.scenario_toml, recording.run.placement, gpu_of(recording.run)}];
    group.scenario = prediction.scenario;
    group.names.push_back(name);
    group.runs.push_back(validate_run(recording.schedule, std::move(prediction.program), std::move(prediction.costs),
                                      prediction.cluster, std::move(prediction.timeline), std::move(recording.run)));
  }
  std::vector<CheckedRecordings> checked;
  for (auto& [key, group] : groups) {
    checked.push_back({.names = std::move(group.names),
                       .report = validation_report(std::move(group.scenario), std::move(group.runs), limits)});
  }
  return checked;
}

std::vector<Issue> broken(const std::vector<CheckedRecordings>& checked) {
  std::vector<Issue> issues;
  for (const CheckedRecordings& one : checked) {
    for (const Verdict& verdict : one.report.verdicts) {
      if (verdict.held) continue;
      std::vector<std::string> names;
      for (std::size_t i = 0; i < one.names.size(); ++i) {
        if (verdict.run.empty() || one.report.runs[i].schedule == verdict.run) names.push_back(one.names[i]);
      }
      issues.push_back({fmt::format("{}", fmt::join(names, ", ")),
                        what_of(verdict) + (verdict.about.empty() ? "" : ": " + verdict.about)});
    }
  }
  return issues;
}

}  // namespace braid
