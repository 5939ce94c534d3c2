// SPDX-License-Identifier: Apache-2.0
#include "validate/report/validation_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/report/bars_svg.hpp"
#include "sim/report/html_parts.hpp"
#include "sim/report/svg.hpp"
#include "sim/report/timeline_svg.hpp"
#include "validate/report/figures.hpp"
#include "validate/report/validation_svg.hpp"

namespace braid {
namespace {

constexpr std::size_t kRectanglesOfAPage = 40000;

std::string table(const std::vector<TableColumn>& columns, const std::string& rows) {
  return "<div class=\"table\"><table>" + table_head(columns) + rows + "</table></div>\n";
}

/// An error, softened where the repeats differ by as much.
std::string error_cell(double share, bool within_spread) {
  return table_cell(error_percent(share, within_spread), within_spread ? "note" : "");
}

std::string cards(const ValidationReport& report) {
  const auto judged = std::ranges::count_if(report.verdicts, &Verdict::judged);
  const auto broken = std::ranges::count_if(report.verdicts, [](const Verdict& v) { return !v.held; });
  double worst = 0;
  std::string of;
  for (const ValidationRun& run : report.runs) {
    if (std::abs(run.step_error()) < std::abs(worst) && !of.empty()) continue;
    worst = run.step_error();
    of = run.schedule;
  }
  std::string text = "<div class=\"cards\">";
  text += card(fmt::format("{:.2f} %", 100 * report.mean_step_error()),
               fmt::format("mean error of the step over {} schedules", report.runs.size()));
  text += card(fmt::format("{:+.2f} %", 100 * worst), "worst error of the step, with " + of);
  if (report.exposed_tp) {
    text += card(fmt::format("{:.3f}", report.exposed_tp->measured),
                 fmt::format("idle for TP, {} over {}; predicted {:.3f}", report.runs[report.exposed_tp->stp].schedule,
                             report.runs[report.exposed_tp->one_f_one_b].schedule, report.exposed_tp->predicted));
  }
  text += card(broken == 0 ? "held" : fmt::format("{} broken", broken), fmt::format("of {} limits judged", judged));
  return text + "</div>\n";
}

std::string runs_table(const ValidationReport& report) {
  std::string rows;
  for (const ValidationRun& run : report.runs) {
    const Seconds step = run.measured_step();
    rows += "<tr>" + table_cell(run.schedule) + table_cell(to_text(run.predicted_step())) + table_cell(to_text(step)) +
            error_cell(run.step_error(), std::abs(run.step_error()) <= run.step_spread()) +
            table_cell(percent(run.step_spread())) + table_cell(of_step(run.attribution.profile_error(), step)) +
            table_cell(of_step(run.attribution.model_error(), step)) + table_cell(of_step(run.tracing_error(), step)) +
            table_cell(std::to_string(run.untraced.repeats)) + table_cell(std::to_string(run.traced.repeats)) + "</tr>";
  }
  return table({{"schedule", ""},
                {"predicted", "Step time"},
                {"measured", "Median step time without tracing"},
                {"error, %", "(predicted - measured) / measured; ~ = within the spread, so no error"},
                {"spread, %", "Half the distance from the lower to the upper quartile of the repeats"},
                {"profile, %", "Error owed to durations that differ from the profile's, of the measured step"},
                {"model, %", "Error that is left when the engine plays the measured durations"},
                {"tracing, %", "The rest: the traced step that was kept, minus the measured step"},
                {"untraced", "Repeats without tracing"},
                {"traced", "Repeats with tracing"}},
               rows);
}

std::string timelines(const ValidationRun& run, std::size_t rectangles) {
  const Played of_prediction = join_complete(run.program, run.predicted);
  const Played of_run = join_complete(run.program, run.measured.timeline);
  const TimelineSvgOptions options{.scale = std::max(run.predicted.step_time, run.measured.timeline.step_time),
                                   .rectangles = rectangles};
  return fmt::format(
             "<section><h3>Timelines <small>one scale</small><label class=\"zoom\">zoom <input type=\"range\" "
             "min=\"1\" max=\"40\" step=\"0.5\" value=\"1\"></label></h3>\n"
             "<p class=\"note\">predicted, {}</p>",
             to_text(run.predicted.step_time)) +
         timeline_svg(run.predicted_report, of_prediction, options) +
         fmt::format("<p class=\"note\">measured, {}, the traced repeat with the median step time</p>",
                     to_text(run.measured.timeline.step_time)) +
         timeline_svg(run.measured_report, of_run, options) + "</section>\n";
}

std::string two_bars(const ValidationRun& run) {
  Comparison both{.scenario = run.schedule, .runs = {run.predicted_report, run.measured_report}};
  both.runs[0].schedule = "predicted";
  both.runs[1].schedule = "measured";
  return "<h3>Where the step goes</h3>" + time_legend() + time_bars(both) +
         fmt::format(
             "<p class=\"note\">Communication hidden behind compute: {:.1f} % predicted, {:.1f} % measured.</p>",
             100 * run.comparison.overlap_predicted, 100 * run.comparison.overlap_measured);
}

std::string classes_table(const ValidationRun& run) {
  std::string rows;
  for (const ClassDifference& one : run.comparison.classes) {
    const auto found = std::ranges::find(run.attribution.classes, one.name, &ClassExplains::name);
    const auto n = static_cast<double>(one.count);
    rows += "<tr>" + table_cell(one.name) + table_cell(std::to_string(one.count)) +
            table_cell(to_text(one.total.predicted / n)) + table_cell(to_text(one.total.measured / n)) +
            error_cell(one.error(), one.within_spread()) + table_cell(percent(one.absolute_error())) +
            table_cell(percent(one.relative_spread())) +
            table_cell(found == run.attribution.classes.end() ? "-" : of_step(found->explained, run.measured_step())) +
            "</tr>";
  }
  return "<h3>Durations by class</h3>" +
         table({{"class", ""},
                {"ops", "Over all ranks"},
                {"mean predicted", ""},
                {"mean measured", "A collective from its last member's start, a message from its later end's"},
                {"error, %", "Of the sum of durations; ~ = within the spread, so no error"},
                {"of each, %", "Sum of the errors of single ops without sign"},
                {"spread, %", "Of the sum, from half the distance between the quartiles of each op's repeats"},
                {"explains, %", "How far the step moves with this class alone as measured, of the measured step"}},
               rows);
}

std::string worst_table(const ValidationRun& run) {
  std::string rows;
  for (const OpDifference& one : run.comparison.worst_by_time) {
    if (one.took.difference().value == 0) continue;
    rows += "<tr>" + table_cell(to_text(one.key)) + table_cell(std::to_string(one.key.rank)) +
            table_cell(to_text(one.lane)) + table_cell(to_text(one.took.predicted)) +
            table_cell(to_text(one.took.measured)) +
            error_cell(one.took.error(), std::abs(one.took.difference().value) <= one.spread.value) +
            table_cell(one.spread.value > 0 ? to_text(one.spread) : "-") + "</tr>";
  }
  if (rows.empty()) return "";
  return "<h3>Ops that differ most</h3>" + table({{"op", ""},
                                                  {"rank", ""},
                                                  {"lane", ""},
                                                  {"predicted", ""},
                                                  {"measured", ""},
                                                  {"error, %", ""},
                                                  {"spread", ""}},
                                                 rows);
}

std::string order_lines(const ValidationRun& run) {
  const TimelineComparison& c = run.comparison;
  std::string text =
      fmt::format("<p class=\"note\">{} of {} pairs of ops on different lanes start in another order than predicted.",
                  c.inversions, c.pairs);
  if (!c.worst_inversions.empty()) {
    const Inversion& worst = c.worst_inversions.front();
    text += escaped(fmt::format(" The largest: on rank {}, {} came {} after {}, predicted {} before it.",
                                worst.first.rank, to_text(worst.first), to_text(worst.measured_lag),
                                to_text(worst.second), to_text(worst.predicted_lead)));
  }
  if (c.drift.took.difference().value != 0) {
    text += escaped(fmt::format(" Starts drift by at most {}: rank {}, {}.",
                                to_text(Seconds(std::abs(c.drift.took.difference().value))), c.drift.key.rank,
                                to_text(c.drift.key)));
  }
  text +=
      fmt::format(" {:.0f} % of the measured critical path is in ops of the predicted one.", 100 * c.path_agreement);
  return text + "</p>\n";
}

std::string memory_table(const ValidationRun& run) {
  if (run.memory.empty()) return "";
  std::string rows;
  for (const RankMemory& one : run.memory) {
    rows += "<tr>" + table_cell(fmt::format("rank {}", one.rank)) + table_cell(to_text(one.predicted)) +
            table_cell(to_text(one.measured)) + table_cell(error_percent(one.error())) + "</tr>";
  }
  return "<details><summary>peak memory by rank</summary>" +
         table({{"", ""}, {"predicted", ""}, {"measured", "Bytes held at most"}, {"error, %", ""}}, rows) +
         "</details>\n";
}

std::string order_table(const ValidationReport& report) {
  if (report.order.empty()) return "";
  std::string rows;
  for (const SpeedPair& pair : report.order) {
    rows += "<tr>" + table_cell(report.runs[pair.faster].schedule + " over " + report.runs[pair.slower].schedule) +
            table_cell(fmt::format("{:.3f}x", pair.predicted_ratio)) +
            table_cell(fmt::format("{:.3f}x", pair.measured_ratio)) +
            (!pair.apart   ? table_cell("within the spread", "note")
             : pair.agrees ? table_cell("as predicted", "good")
                           : table_cell("the other way round", "bad")) +
            "</tr>";
  }
  return "<h2>Order of schedules</h2>" + table({{"faster over slower", "As measured"},
                                                {"predicted", "Speed-up"},
                                                {"measured", "Speed-up"},
                                                {"order", ""}},
                                               rows);
}

std::string limits_table(const ValidationReport& report) {
  if (report.verdicts.empty()) return "";
  std::string rows;
  for (const Verdict& v : report.verdicts) {
    rows += "<tr>" + table_cell(v.limit) + table_cell(v.run.empty() ? "all" : v.run) +
            table_cell(v.judged ? fmt::format("{:+.3g}", v.value) : "-") + table_cell(fmt::format("{:g}", v.allowed)) +
            table_cell(outcome(v), !v.judged ? "note"
                                   : v.held  ? "good"
                                             : "bad") +
            table_cell(v.about) + "</tr>";
  }
  return "<h2>Limits</h2>" +
         table({{"limit", ""}, {"schedule", ""}, {"found", ""}, {"at most", ""}, {"", ""}, {"worst", ""}}, rows);
}

std::string provenance(const ValidationReport& report) {
  std::string rows;
  for (const auto& [name, value] : report.provenance) rows += "<tr>" + table_cell(name) + table_cell(value) + "</tr>";
  std::string text = "<h2>Provenance</h2><div class=\"table\"><table class=\"facts\">" + rows + "</table></div>\n";
  std::string notes;
  for (const ValidationRun& run : report.runs) {
    for (const std::string& note : run.measured.notes) {
      notes += "<li>" + escaped(run.schedule + ", measured: " + note) + "</li>";
    }
    for (const std::string& note : run.costs.notes) {
      notes += "<li>" + escaped(run.schedule + ", predicted: " + note) + "</li>";
    }
  }
  return notes.empty() ? text : text + "<h2>Notes</h2><ul class=\"note\">" + notes + "</ul>\n";
}

}  // namespace

std::string to_html(const ValidationReport& report) {
  std::string text = html_begin(report.scenario + ", predicted and measured");
  text += fmt::format(
      "<h1>{}</h1><p class=\"lead\">Prediction against run, placement {}. Errors are (predicted - measured) "
      "/ measured.</p>\n",
      escaped(report.scenario), escaped(report.placement));
  text += cards(report) + "<h2>Schedules</h2>" + runs_table(report) + order_table(report);
  text += "<h2>Timelines and errors</h2>" + timeline_legend();
  for (const ValidationRun& run : report.runs) {
    text += fmt::format("<h2>{}</h2>\n", escaped(run.schedule));
    text += timelines(run, kRectanglesOfAPage / (2 * report.runs.size())) + two_bars(run);
    text +=
        "<h3>Where the error comes from</h3><p class=\"note\">Percent of the measured step; to the right the "
        "prediction is too slow. Below: what the durations of one class explain by themselves.</p>" +
        attribution_bars(run);
    text += classes_table(run) + worst_table(run) + order_lines(run) + memory_table(run);
  }
  text += limits_table(report) + provenance(report);
  return text + html_end(report.placement == "host" ? "Run on CPU threads with a virtual clock: no measurement."
                                                    : "Measured on GPUs, predicted by simulation.");
}

}  // namespace braid
