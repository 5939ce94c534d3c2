// SPDX-License-Identifier: Apache-2.0
#include "validate/recording/check_recordings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "sim/cost/profile.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/verify.hpp"
#include "validate/report/figures.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

Profile profile_of(const Recording& recording, const std::string& folder, const Gpu& gpu) {
  if (!recording.profile_csv) return default_profile(gpu);
  return parse_profile(*recording.profile_csv, folder + "/profile.csv", gpu);
}

std::vector<fs::path> recordings_in(const std::string& folder) {
  std::error_code fault;
  const auto is_recording = [&](const fs::path& path) { return fs::exists(path / "run.json", fault); };
  if (is_recording(folder)) return {fs::weakly_canonical(folder, fault)};  // "a/", "." have a name then
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, fault)) {
    if (is_recording(entry.path())) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

std::string gpu_of(const MeasuredRun& run) {
  const auto found = run.timeline.provenance.facts.find("gpu");
  return found == run.timeline.provenance.facts.end() ? "" : found->second;
}

}  // namespace

RecordedPrediction predict(const Recording& recording, const std::string& folder) {
  Scenario scenario = parse_scenario(recording.scenario_toml, folder + "/scenario.toml");
  throw_if_any(check(scenario));
  const auto run = std::ranges::find(scenario.runs, recording.schedule, label_of);
  if (run == scenario.runs.end()) {
    throw Error(folder + "/run.json:schedule", "the scenario has no run '" + recording.schedule + "'");
  }
  if (recording.rank >= scenario.plan.pp) {
    throw Error(folder + "/run.json:rank",
                fmt::format("the plan has pipeline ranks 0 to {}, not {}", scenario.plan.pp - 1, recording.rank));
  }
  const std::optional<int> rank = recording.rank < 0 ? std::nullopt : std::optional(recording.rank);
  Prediction prediction = predict(scenario, *run, profile_of(recording, folder, scenario.cluster.gpu), rank);
  if (const auto works = recording.attached.find(kWorksFile); works != recording.attached.end()) {
    const std::string name = folder + "/" + kWorksFile;
    const MeasuredWorks measured = parse_works(works->second, name, prediction.program);
    prediction = with_works(std::move(prediction), measured, scenario);
  }
  return {.scenario = std::move(scenario), .prediction = std::move(prediction)};
}

std::vector<CheckedRecordings> check_recordings(const std::string& folder, const Limits& limits) {
  struct Group {
    std::string scenario;
    std::vector<std::string> names;
    std::vector<ValidationRun> runs;
  };
  std::map<std::tuple<std::string, std::string, std::string, int>, Group> groups;
  for (const fs::path& path : recordings_in(folder)) {
    Recording recording = read_recording(path.string());
    auto [scenario, predicted] = predict(recording, path.string());
    throw_if_any(verify(predicted.program, recording.run.timeline));
    Group& group = groups[{recording.scenario_toml, recording.run.placement, gpu_of(recording.run), recording.rank}];
    group.scenario = scenario.name;
    group.names.push_back(path.filename().string());
    group.runs.push_back(validate_run(recording.schedule, std::move(predicted.program), std::move(predicted.costs),
                                      scenario.cluster, std::move(predicted.timeline), std::move(recording.run)));
    group.runs.back().scenario_toml = recording.scenario_toml;
    group.runs.back().profile_csv = recording.profile_csv.value_or("");
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
