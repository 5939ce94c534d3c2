// SPDX-License-Identifier: Apache-2.0
#include "validate/report/validation_report.hpp"

#include <algorithm>
#include <cmath>

#include "calibrate/method/stats.hpp"
#include "sim/base/error.hpp"
#include "sim/report/metrics.hpp"
#include "validate/report/verdicts.hpp"

namespace braid {
namespace {

StepTimes step_times(const std::vector<Seconds>& steps) {
  std::vector<double> samples;
  for (const Seconds step : steps) samples.push_back(step.value);
  const Stats s = stats(std::move(samples));
  return {.repeats = s.n, .median = Seconds(s.median), .p25 = Seconds(s.p25), .p75 = Seconds(s.p75)};
}

std::vector<std::array<std::vector<Quartiles>, kLanes>> quartiles_of(const MeasuredRun& run) {
  std::vector<std::array<std::vector<Quartiles>, kLanes>> ranks;
  for (const auto& lanes : run.spread) {
    auto& rank = ranks.emplace_back();
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      for (const OpSpread& op : lanes[lane]) rank[lane].push_back({.p25 = op.p25, .p75 = op.p75, .median = op.median});
    }
  }
  return ranks;
}

/// The step times that say what a user's step takes.
const StepTimes& headline(const ValidationRun& run) { return run.untraced.repeats > 0 ? run.untraced : run.traced; }

std::vector<SpeedPair> order_of(const std::vector<ValidationRun>& runs) {
  std::vector<SpeedPair> pairs;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = i + 1; j < runs.size(); ++j) {
      const bool in_order = runs[i].measured_step() <= runs[j].measured_step();
      SpeedPair pair{.faster = in_order ? i : j, .slower = in_order ? j : i};
      const ValidationRun &fast = runs[pair.faster], &slow = runs[pair.slower];
      pair.predicted_ratio = slow.predicted_step() / fast.predicted_step();
      pair.measured_ratio = slow.measured_step() / fast.measured_step();
      pair.apart = headline(fast).p75 < headline(slow).p25;
      pair.agrees = pair.predicted_ratio > 1;
      pairs.push_back(pair);
    }
  }
  return pairs;
}

/// The first run of one of these schedules.
std::optional<std::size_t> run_of(const std::vector<ValidationRun>& runs, std::initializer_list<const char*> names) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (std::ranges::find(names, runs[i].program.schedule) != names.end()) return i;
  }
  return std::nullopt;
}

std::optional<ExposedRatio> exposed_ratio(const std::vector<ValidationRun>& runs) {
  const auto stp = run_of(runs, {"stp"}), plain = run_of(runs, {"1f1b", "1f1b-i"});
  if (!stp || !plain) return std::nullopt;
  constexpr auto tp = static_cast<std::size_t>(Cause::tp);
  const Both& of_stp = runs[*stp].comparison.idle[tp];
  const Both& of_plain = runs[*plain].comparison.idle[tp];
  if (!(of_plain.predicted.value > 0) || !(of_plain.measured.value > 0)) return std::nullopt;
  return ExposedRatio{.stp = *stp,
                      .one_f_one_b = *plain,
                      .predicted = of_stp.predicted / of_plain.predicted,
                      .measured = of_stp.measured / of_plain.measured};
}

std::map<std::string, std::string> shared_facts(const std::vector<ValidationRun>& runs) {
  std::map<std::string, std::string> shared = runs.front().measured.timeline.provenance.facts;
  for (const ValidationRun& run : runs) {
    const auto& facts = run.measured.timeline.provenance.facts;
    std::erase_if(shared, [&](const auto& fact) {
      const auto found = facts.find(fact.first);
      return found == facts.end() || found->second != fact.second;
    });
  }
  return shared;
}

}  // namespace

double ValidationRun::step_spread() const {
  const StepTimes& steps = untraced.repeats > 0 ? untraced : traced;
  return (steps.p75 - steps.p25) / 2 / measured_step();
}

std::optional<double> ValidationRun::tracing_slows_by() const {
  if (untraced.repeats == 0 || traced.repeats == 0) return std::nullopt;
  return traced.median / untraced.median - 1;
}

double ValidationReport::mean_step_error() const {
  double sum = 0;
  for (const ValidationRun& run : runs) sum += std::abs(run.step_error());
  return sum / static_cast<double>(runs.size());
}

bool ValidationReport::held() const {
  return std::ranges::all_of(verdicts, [](const Verdict& v) { return v.held; });
}

ValidationRun validate_run(std::string schedule, Program program, Costs costs, const Cluster& cluster,
                           Timeline predicted, MeasuredRun measured) {
  ValidationRun run{.schedule = std::move(schedule),
                    .program = std::move(program),
                    .costs = std::move(costs),
                    .cluster = cluster,
                    .predicted = std::move(predicted),
                    .measured = std::move(measured)};
  const Played of_prediction = join_complete(run.program, run.predicted);
  const Played of_run = join_complete(run.program, run.measured.timeline);
  ReportFacts facts{
      .label = run.schedule, .gpu = cluster.gpu, .launches = run.costs.launches, .notes = run.costs.notes};
  run.predicted_report = report_run(of_prediction, facts);
  facts.notes = run.measured.notes;
  run.measured_report = report_run(of_run, facts);
  const auto quartiles = quartiles_of(run.measured);
  run.comparison =
      compare_timelines({of_prediction, run.predicted_report}, {of_run, run.measured_report}, {.spread = quartiles});
  run.attribution = attribute(run.costs, cluster, run.predicted.step_time, of_run);
  run.untraced = step_times(run.measured.untraced);
  run.traced = step_times(run.measured.traced);
  for (std::size_t rank = 0; rank < run.measured.peak.size(); ++rank) {
    run.memory.push_back({.rank = run.measured.timeline.ranks[rank].rank,
                          .predicted = run.predicted_report.peaks[counterpart(of_prediction, of_run, rank)].bytes,
                          .measured = run.measured.peak[rank]});
  }
  return run;
}

ValidationReport validation_report(std::string scenario, std::vector<ValidationRun> runs, const Limits& limits) {
  BRAID_CHECK(!runs.empty(), "a validation has runs");
  const auto placed_alike = [&](const ValidationRun& run) {
    return run.measured.placement == runs.front().measured.placement;
  };
  BRAID_CHECK(std::ranges::all_of(runs, placed_alike), "runs of one report have one placement");
  ValidationReport report{.scenario = std::move(scenario), .placement = runs.front().measured.placement};
  report.provenance = shared_facts(runs);
  report.order = order_of(runs);
  report.exposed_tp = exposed_ratio(runs);
  report.runs = std::move(runs);
  const auto found = limits.placements.find(report.placement);
  if (found != limits.placements.end()) report.verdicts = verdicts(report, found->second);
  return report;
}

}  // namespace braid
