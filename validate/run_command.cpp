// SPDX-License-Identifier: Apache-2.0
#include "validate/run_command.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <ostream>

#include "sim/base/output_folder.hpp"
#include "sim/cost/scenario_profile.hpp"
#include "sim/program/scheduled.hpp"
#include "validate/placed_run.hpp"
#include "validate/prediction/scale.hpp"
#include "validate/recording/check_recordings.hpp"
#include "validate/report/validation_json.hpp"
#include "validate/report/validation_text.hpp"
#include "validate/runner/runner.hpp"
#include "validate/shipped_limits.hpp"
#include "validate/validation_files.hpp"

namespace braid {
namespace {

std::vector<Run> runs_of(const Scenario& scenario, const std::vector<std::string>& asked) {
  if (asked.empty()) return scenario.runs;
  std::vector<Run> runs;
  for (const std::string& name : asked) {
    const Run& run = run_called(scenario, name, "--run");
    for (const Run& other : runs) {
      if (label_of(other) == label_of(run)) throw Error("--run", "names '" + label_of(run) + "' twice");
    }
    runs.push_back(run);
  }
  return runs;
}

/// The scenario as it is run: scaled, and the note that says so.
struct Chosen {
  std::vector<Override> overrides;
  Scenario scenario;
  std::vector<Run> runs;
  std::string scale_note;
};

Chosen choose(const RunOptions& options) {
  Chosen chosen{.overrides = options.overrides, .scenario = read_scenario(options.scenario, options.overrides)};
  if (!options.scale.empty()) {
    const Scaled scaled =
        scale(options.scale, chosen.scenario, options.overrides, memory_of_rank(options, chosen.scenario));
    chosen.overrides.insert(chosen.overrides.end(), scaled.overrides.begin(), scaled.overrides.end());
    chosen.scenario = read_scenario(options.scenario, chosen.overrides);
    chosen.scale_note = scaled.note;
  }
  std::vector<Issue> issues = check(chosen.scenario);
  for (Issue& issue : issues) {
    if (!options.scale.empty()) issue.what += " (of the model after --scale " + options.scale + ")";
  }
  throw_if_any(issues);
  if (const std::optional<int> rank = replayed_rank(options); rank && *rank >= chosen.scenario.plan.pp) {
    throw Error("--rank",
                fmt::format("the plan has pipeline ranks 0 to {}, not {}", chosen.scenario.plan.pp - 1, *rank));
  }
  if (chosen.scenario.runs.empty()) throw Error(options.scenario, "has no [[run]]: nothing to run");
  chosen.runs = runs_of(chosen.scenario, options.runs);
  return chosen;
}

/// "" for one that does not fit in one text: a run's schedule is a file.
std::string one_text(const RunOptions& options, const Chosen& chosen) {
  try {
    return scenario_as_one_text(options.scenario, chosen.overrides);
  } catch (const Error&) { return ""; }
}

/// In a folder of its own, so that one --record takes every run.
void record(const RunOptions& options, const Chosen& chosen, const Run& run, const Profile& profile,
            const PlacedRun& placed) {
  Recording recording{.scenario_toml = scenario_as_one_text(options.scenario, chosen.overrides),
                      .profile_csv = to_csv(profile),
                      .schedule = label_of(run),
                      .rank = replayed_rank(options).value_or(-1),
                      .run = placed.measured};
  if (!placed.works_csv.empty()) recording.attached[kWorksFile] = placed.works_csv;
  const std::string name = fmt::format("{}-{}-{}", chosen.scenario.name, options.placement, label_of(run));
  write_recording((std::filesystem::path(options.record_dir) / file_name(name)).string(), recording);
}

}  // namespace

int run_command(const RunOptions& options, std::ostream& out, std::ostream& err) {
  throw_if_any(check(options));
  for (const std::string& folder : {options.out_dir, options.record_dir}) {
    if (!folder.empty()) check_output_folder(folder);
  }
  const Limits limits = options.limits.empty() ? shipped_limits() : read_limits(options.limits);
  const Chosen chosen = choose(options);
  const Profile profile = profile_of(chosen.scenario);
  const std::string scenario_toml = one_text(options, chosen);
  std::vector<ValidationRun> runs;
  for (const Run& run : chosen.runs) {
    if (!options.json) err << fmt::format("braid-validate: {} ({})\n", label_of(run), options.placement);
    try {
      PlacedRun placed = run_placed(options, chosen.scenario, run, profile);
      if (!chosen.scale_note.empty()) placed.measured.notes.push_back("scaled: " + chosen.scale_note);
      if (!options.record_dir.empty()) record(options, chosen, run, profile, placed);
      runs.push_back(validate_run(label_of(run), std::move(placed.prediction.program),
                                  std::move(placed.prediction.costs), chosen.scenario.cluster,
                                  std::move(placed.prediction.timeline), std::move(placed.measured)));
      runs.back().scenario_toml = scenario_toml;
      if (!chosen.scenario.profile.empty()) runs.back().profile_csv = to_csv(profile);
    } catch (const RunFailed& failed) {
      err << fmt::format("braid-validate: {}: the step did not end, or not as its program says; the culprit first:\n",
                         label_of(run));
      for (const Issue& issue : failed.stuck()) err << fmt::format("  {}: {}\n", issue.where, issue.what);
      return kRunFailed;
    }
  }
  const ValidationReport report = validation_report(chosen.scenario.name, std::move(runs), limits);
  out << (options.json ? to_json(report) : to_text(report));
  if (!options.out_dir.empty()) err << written(options.out_dir, report);
  return report.held() ? 0 : kBeyondLimits;
}

}  // namespace braid
