// SPDX-License-Identifier: Apache-2.0
#include "validate/report/validation_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/columns.hpp"
#include "validate/report/figures.hpp"

namespace braid {
namespace {

constexpr const char* kLegend =
    "error = (predicted - measured) / measured = profile (wrong durations) + model (wrong waiting) + tracing (slows "
    "the step)\n"
    "spread = half the distance from the lower to the upper quartile of the repeats; ~ = within it, so no error\n";

std::string runs_table(const ValidationReport& report) {
  std::vector<TextRow> rows{
      {"", "step", "step", "error", "spread", "profile", "model", "tracing", "untraced", "traced"},
      {"schedule", "predicted", "measured", "%", "%", "%", "%", "%", "repeats", "repeats"}};
  for (const ValidationRun& run : report.runs) {
    const double error = run.step_error();
    const Seconds step = run.measured_step();
    rows.push_back({run.schedule, to_text(run.predicted_step()), to_text(step),
                    error_percent(error, std::abs(error) <= run.step_spread()), percent(run.step_spread()),
                    of_step(run.attribution.profile_error(), step), of_step(run.attribution.model_error(), step),
                    of_step(run.tracing_error(), step), std::to_string(run.untraced.repeats),
                    std::to_string(run.traced.repeats)});
  }
  return aligned(rows, 2) +
         fmt::format("\nMean error of the step, without sign: {:.2f} %.\n", 100 * report.mean_step_error()) + kLegend;
}

std::string causes_table(const ValidationRun& run) {
  const TimelineComparison& c = run.comparison;
  std::vector<TextRow> rows{{"mean rank", "predicted", "measured", "of step %"}};
  const auto add = [&](const char* name, const Both& both) {
    if (both.predicted.value == 0 && both.measured.value == 0) return;
    rows.push_back(
        {name, to_text(both.predicted), to_text(both.measured), of_step(both.difference(), c.step.measured)});
  };
  add("computing", c.busy);
  add("stretched", c.stretch);
  for (std::size_t i = 0; i < kCauses; ++i) add(to_text(static_cast<Cause>(i)), c.idle[i]);
  add("step", c.step);
  add("exposed comm.", c.exposed);
  return aligned(rows, 1) + fmt::format("communication hidden behind compute: {:.1f} % predicted, {:.1f} % measured\n",
                                        100 * c.overlap_predicted, 100 * c.overlap_measured);
}

std::string classes_table(const ValidationRun& run) {
  std::vector<TextRow> rows{
      {"class", "ops", "mean predicted", "mean measured", "error %", "of each %", "spread %", "explains % of step"}};
  for (const ClassDifference& one : run.comparison.classes) {
    const auto found = std::ranges::find(run.attribution.classes, one.name, &ClassExplains::name);
    const auto n = static_cast<double>(one.count);
    rows.push_back({one.name, std::to_string(one.count), to_text(one.total.predicted / n),
                    to_text(one.total.measured / n), error_percent(one.error(), one.within_spread()),
                    percent(one.absolute_error()), percent(one.relative_spread()),
                    found == run.attribution.classes.end() ? "-" : of_step(found->explained, run.measured_step())});
  }
  return aligned(rows, 1);
}

std::string worst_table(const ValidationRun& run) {
  std::vector<TextRow> rows{{"worst ops", "rank", "predicted", "measured", "error %", "spread"}};
  for (const OpDifference& one : run.comparison.worst_by_time) {
    if (one.took.difference().value == 0) continue;
    const bool noise = std::abs(one.took.difference().value) <= one.spread.value;
    rows.push_back({to_text(one.key), std::to_string(one.key.rank), to_text(one.took.predicted),
                    to_text(one.took.measured), error_percent(one.took.error(), noise),
                    one.spread.value > 0 ? to_text(one.spread) : "-"});
  }
  return rows.size() == 1 ? "" : aligned(rows, 1) + "\n";
}

std::string order_lines(const ValidationRun& run) {
  const TimelineComparison& c = run.comparison;
  std::string text = fmt::format("starts in another order than predicted: {} of {} pairs of ops on different lanes\n",
                                 c.inversions, c.pairs);
  for (std::size_t i = 0; i < c.worst_inversions.size() && i < 3; ++i) {
    const Inversion& one = c.worst_inversions[i];
    text +=
        fmt::format("  rank {}: {} started {} after {}, predicted {} before it\n", one.first.rank, to_text(one.first),
                    to_text(one.measured_lag), to_text(one.second), to_text(one.predicted_lead));
  }
  if (c.drift.took.difference().value != 0) {
    text += fmt::format("largest drift of a start: rank {} {}, predicted at {}, measured at {}\n", c.drift.key.rank,
                        to_text(c.drift.key), to_text(c.drift.took.predicted), to_text(c.drift.took.measured));
  }
  text += fmt::format("critical path: {:.0f} % of the measured one is in ops of the predicted one;",
                      100 * c.path_agreement);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const Both& on = c.path[lane];
    if (on.predicted.value == 0 && on.measured.value == 0) continue;
    text += fmt::format(" {} {} predicted, {} measured;", to_text(static_cast<Lane>(lane)), to_text(on.predicted),
                        to_text(on.measured));
  }
  text.back() = '\n';
  return text;
}

std::string memory_table(const ValidationRun& run) {
  if (run.memory.empty()) return "";
  std::vector<TextRow> rows{{"peak memory", "predicted", "measured", "error %"}};
  for (const RankMemory& one : run.memory) {
    rows.push_back(
        {fmt::format("rank {}", one.rank), to_text(one.predicted), to_text(one.measured), error_percent(one.error())});
  }
  return aligned(rows, 1) + "\n";
}

std::string run_text(const ValidationRun& run) {
  std::string text = fmt::format("\n== {} ==\n\n", run.schedule);
  text += causes_table(run) + "\n" + classes_table(run) + "\n" + worst_table(run) + order_lines(run) + "\n";
  text += memory_table(run);
  for (const std::string& note : run.measured.notes) text += "note: " + note + "\n";
  for (const std::string& note : run.costs.notes) text += "predicted: " + note + "\n";
  return text;
}

std::string between_runs(const ValidationReport& report) {
  std::string text;
  for (const SpeedPair& pair : report.order) {
    text += fmt::format("{} is {:.3f}x as fast as {}, predicted {:.3f}x: {}\n", report.runs[pair.faster].schedule,
                        pair.measured_ratio, report.runs[pair.slower].schedule, pair.predicted_ratio,
                        !pair.apart   ? "no order, they differ by less than their spread"
                        : pair.agrees ? "the order is as predicted"
                                      : "PREDICTED THE OTHER WAY ROUND");
  }
  if (report.exposed_tp) {
    const ExposedRatio& r = *report.exposed_tp;
    text += fmt::format("idle for tensor-parallel collectives, {} over {}: {:.3f} measured, {:.3f} predicted\n",
                        report.runs[r.stp].schedule, report.runs[r.one_f_one_b].schedule, r.measured, r.predicted);
  }
  return text.empty() ? "" : "\n== schedules among one another ==\n\n" + text;
}

}  // namespace

std::string verdicts_text(const ValidationReport& report) {
  std::string text;
  for (const bool held : {false, true}) {
    for (const Verdict& verdict : report.verdicts) {
      if (verdict.held != held) continue;
      text += fmt::format("{:<11}{}{}\n", outcome(verdict), what_of(verdict),
                          verdict.about.empty() ? "" : ", " + verdict.about);
    }
  }
  return text.empty() ? "no limits for placement " + report.placement + "\n" : text;
}

std::string to_text(const ValidationReport& report) {
  std::string text = fmt::format("{}: placement {}\n", report.scenario, report.placement);
  for (const auto& [name, value] : report.provenance) text += fmt::format("  {} = {}\n", name, value);
  text += "\n" + runs_table(report);
  for (const ValidationRun& run : report.runs) text += run_text(run);
  text += between_runs(report);
  return text + "\n== limits ==\n\n" + verdicts_text(report);
}

}  // namespace braid
