// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/configuration.hpp"

#include <fmt/format.h>

#include <numeric>
#include <regex>

#include "sim/base/csv.hpp"
#include "sim/cost/profile.hpp"
#include "sim/cost/scenario_profile.hpp"
#include "sim/program/block_streams.hpp"
#include "sim/program/resident.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/json.hpp"

namespace braid {
namespace {

/// On one line, and without the file, line and column of what the user did not write for this point.
std::string reason_of(const std::string& text) {
  static const std::regex place("(^|\n| )[^ \n]*\\.toml(:[0-9]+:[0-9]+)?:");
  static const std::regex line_end("\n");
  return std::regex_replace(std::regex_replace(text, place, "$1"), line_end, "; ");
}

std::optional<std::string> faults_of(const Scenario& scenario, const Run& run) {
  Scenario alone = scenario;
  alone.runs = {run};
  const std::vector<Issue> issues = check(alone);
  if (issues.empty()) return std::nullopt;
  return reason_of(Error(issues).what());
}

struct Fault {
  std::string reason;
  Bytes needed{};  ///< by what stays on the fullest rank, where that is the fault
};

/// What the schedule and its stages are at odds with.
std::optional<Fault> fault_of_schedule(const Scenario& scenario, const Run& run, bool must_fit) try {
  const Schedule schedule = schedule_of(scenario, run);
  const std::vector<StageLayers> stages = stage_layers(scenario, schedule.stages());
  const Bytes memory = scenario.cluster.gpu.memory;
  if (!must_fit || memory <= Bytes(0)) return std::nullopt;
  Bytes most;
  int fullest = 0;
  for (int rank = 0; rank < schedule.ranks(); ++rank) {
    std::vector<StageLayers> of_rank;
    for (const int stage : schedule.stages_of(rank)) of_rank.push_back(stages[static_cast<std::size_t>(stage)]);
    const auto resident = resident_bytes(scenario, of_rank);
    const Bytes sum = std::accumulate(resident.begin(), resident.end(), Bytes(0));
    if (sum <= most) continue;
    most = sum;
    fullest = rank;
  }
  if (most <= memory) return std::nullopt;
  return Fault{.reason = fmt::format("parameters, gradients and optimizer need {:.1f} GB of {:.1f} GB on rank {}",
                                     most.value / 1e9, memory.value / 1e9, fullest),
               .needed = most};
} catch (const Error& error) { return Fault{.reason = reason_of(error.what())}; }

struct PointScenario {
  Scenario scenario;
  Run run;
};

PointScenario at_point(const Sweep& sweep, const Choice& choice) {
  PointScenario at{.scenario = scenario_at(sweep, choice)};
  at.run = run_called(at.scenario, choice.run, sweep.path);
  return at;
}

/// A row out of what `play` makes of the scenario, whatever goes wrong.
template <class Play>
Configuration row_of(const Sweep& sweep, std::int64_t point, const Play& play) {
  std::optional<Configuration> row;
  std::string reason;
  try {
    const PointScenario at = at_point(sweep, choice_of(sweep, point));
    row = described(sweep, point, at.scenario, at.run);
    try {
      play(*row, at);
      return *row;
    } catch (const Error& error) { reason = reason_of(error.what()); }
  } catch (const Error& error) { reason = reason_of(error.what()); }
  if (!row) return failed_point(sweep, point, reason);
  row->status = ConfigurationStatus::failed;
  row->reason = reason;
  return *row;
}

}  // namespace

std::optional<std::string> prune_reason(const Scenario& scenario, const Run& run, bool must_fit) {
  if (std::optional<std::string> faults = faults_of(scenario, run)) return faults;
  const std::optional<Fault> fault = fault_of_schedule(scenario, run, must_fit);
  return fault ? std::optional(fault->reason) : std::nullopt;
}

Configuration described(const Sweep& sweep, std::int64_t point, const Scenario& scenario, const Run& run) {
  const Choice choice = choice_of(sweep, point);
  Scenario alone = scenario;
  alone.runs = {run};
  Configuration row{.point = point,
                    .choice = to_text(choice),
                    .hash = scenario_hash(alone) + "-" + label_of(run),
                    .run = label_of(run),
                    .schedule = run.schedule,
                    .gpu = scenario.cluster.gpu.name,
                    .tp = scenario.plan.tp,
                    .pp = scenario.plan.pp,
                    .dp = scenario.plan.dp,
                    .microbatches = scenario.plan.microbatches,
                    .microbatch_size = scenario.plan.microbatch_size,
                    .sequence = scenario.plan.sequence,
                    .version = BRAID_VERSION};
  row.gpus = row.tp * row.pp * row.dp;
  try {
    row.scenario = as_one_text(sweep.scenario, sweep.scenario_path, choice.overrides);
    if (!scenario.profile.empty()) row.profile = read_file(scenario.profile);
  } catch (const Error&) {
    // A schedule from a file does not fit into one text, and a profile that is not there is told when it is needed.
  }
  return row;
}

Configuration failed_point(const Sweep& sweep, std::int64_t point, const std::string& reason) {
  const Choice choice = choice_of(sweep, point);
  const std::string text = to_text(choice);
  Configuration row{.point = point, .choice = text, .hash = text, .run = choice.run, .version = BRAID_VERSION};
  try {
    const PointScenario at = at_point(sweep, choice);
    row = described(sweep, point, at.scenario, at.run);
  } catch (const Error&) {
    // Then the choice is all that is known.
  }
  row.status = ConfigurationStatus::failed;
  row.reason = reason;
  return row;
}

void fill_in(Configuration& row, const RunReport& report, const Scenario& scenario) {
  const double step = report.step_time.value;
  row.step_time_s = step;
  row.tokens_per_s = report.tokens_per_s_per_gpu * report.gpus;
  row.mfu = report.mfu;
  row.busy_s = report.busy.mean.value + report.stretch.mean.value;
  row.tp_s = report.tp_share() * step;
  row.pp_s = report.pp_share() * step;
  row.other_s = report.other_share() * step;
  row.peak_memory_bytes = report.peak.bytes.value;
  row.fits = report.fits();
  row.gpus = report.gpus;
  row.cost_per_step = cost_of_step(scenario.cluster, report.gpus, report.step_time);
  row.watts = watts_of(scenario.cluster, report.gpus);
  row.report = to_json(report);
}

Configuration screen_point(const Sweep& sweep, std::int64_t point, Screener& screener) {
  return row_of(sweep, point, [&](Configuration& row, const PointScenario& at) {
    row.network = "ideal";
    row.grain = "block";
    const auto prune = [&](const std::optional<Fault>& fault) {
      if (!fault) return false;
      row.status = ConfigurationStatus::pruned;
      row.network = row.grain = "";
      row.reason = fault->reason;
      row.peak_memory_bytes = fault->needed.value;
      return true;
    };
    if (const auto faults = faults_of(at.scenario, at.run); faults && prune(Fault{.reason = *faults})) return;
    if (sweep.must_fit && prune(fault_of_schedule(at.scenario, at.run, true))) return;
    try {
      const Profile profile = profile_of(at.scenario);
      const bool noisy = at.scenario.noise.jitter > 0 || !at.scenario.noise.slow_ranks.empty();
      if (noisy) {
        Scenario ideal = at.scenario;
        ideal.network = NetworkKind::ideal;
        row.grain = "unit";
        fill_in(row, play(ideal, at.run, profile).report, ideal);
      } else {
        fill_in(row, screener.screen(at.scenario, at.run, profile), at.scenario);
      }
      row.screened_step_time_s = row.step_time_s;
    } catch (const Error&) {
      // The schedule was generated on the way; only what failed asks whether that was why.
      if (!prune(fault_of_schedule(at.scenario, at.run, false))) throw;
    }
  });
}

Configuration play_point(const Sweep& sweep, std::int64_t point) {
  return row_of(sweep, point, [&](Configuration& row, const PointScenario& at) {
    row.network = at.scenario.network == NetworkKind::ideal ? "ideal" : "simgrid";
    row.grain = "unit";
    if (const std::optional<std::string> faults = faults_of(at.scenario, at.run)) throw Error("", *faults);
    const Profile profile = profile_of(at.scenario);
    fill_in(row, play(at.scenario, at.run, profile).report, at.scenario);
  });
}

}  // namespace braid
