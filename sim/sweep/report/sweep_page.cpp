// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/sweep_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/base/units.hpp"
#include "sim/report/html_parts.hpp"
#include "sim/report/svg.hpp"
#include "sim/sweep/report/heat_map.hpp"
#include "sim/sweep/report/lines_svg.hpp"
#include "sim/sweep/report/plot.hpp"
#include "sim/sweep/report/scatter_svg.hpp"
#include "sim/sweep/report/sweep_style.hpp"
#include "sim/sweep/report/sweep_tables.hpp"

namespace braid {
namespace {

constexpr std::size_t kBestInTable = 20;
constexpr std::size_t kBestInBars = 10;
constexpr std::size_t kMostRunsDrawn = 12;
constexpr std::size_t kMostFieldsDrawn = 12;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string note(const std::string& text) { return "<p class=\"note\">" + text + "</p>\n"; }

std::string cards(const Survey& survey) {
  std::string text = "<div class=\"cards\">";
  if (!survey.ranking.empty()) {
    const Configuration& best = survey.rows[survey.ranking.front()];
    text += card(short_number(best.tokens_per_s), "tokens/s with the best, " + best.run);
    text += card(fmt::format("{} x {} x {}", best.tp, best.pp, best.dp),
                 fmt::format("its TP x PP x DP, {} microbatches", best.microbatches));
    if (best.mfu > 0) text += card(percent(best.mfu), "its MFU");
    text += card(gb_text(best.peak_memory_bytes), "on its fullest GPU");
    if (best.cost_per_step) {
      text += card(short_number(cost_of_million_tokens(best)) + " " + survey.currency, "for a million tokens with it");
    }
  }
  return text + card(fmt::format("{}", survey.rows.size()), "configurations") + "</div>\n";
}

/// What the sweep chose for the best, of what varies.
std::string choice_of_best(const Survey& survey) {
  if (survey.ranking.empty()) return "";
  const std::size_t best = survey.ranking.front();
  std::string text;
  for (const ChosenField& field : survey.fields) {
    if (field.values.size() < 2 || field.at[best] == kNotChosen) continue;
    text += (text.empty() ? "" : ", ") + field.name + " = " + field.text(best);
  }
  return text.empty() ? "" : note("The best: " + escaped(survey.rows[best].run + ", " + text) + ".");
}

std::string scatter_part(const Survey& survey, const ScatterInput& input, const char* what) {
  const Scatter scatter = scatter_svg(survey, input);
  if (scatter.points == 0) return "";
  std::string drawn = scatter.drawn < scatter.points
                          ? fmt::format(
                                "{} of {} points drawn: all of the front and the best ten; of others of one "
                                "schedule within {} px of one another, one.",
                                scatter.drawn, scatter.points, shortest(scatter.apart, 1))
                          : fmt::format("All {} points.", scatter.points);
  return fmt::format("<h3>{}</h3>", what) +
         note(fmt::format("{} Hollow: does not fit. Dashed: the Pareto front, {} that fit and that no other beats in "
                          "both.{} Hover for what was chosen.",
                          drawn, scatter.front.size(),
                          survey.refined > 0 ? " In a ring: played by units as well." : "")) +
         scatter.svg;
}

/// Whether an hour of the job costs more in one configuration than in another; else cost says what speed says.
bool prices_differ(const Survey& survey) {
  double least = 0, most = 0;
  for (const Configuration& row : survey.rows) {
    if (!row.ok() || !row.cost_per_step || !(row.step_time_s > 0)) continue;
    const double rate = *row.cost_per_step / row.step_time_s;
    least = least > 0 ? std::min(least, rate) : rate;
    most = std::max(most, rate);
  }
  return most > least * 1.001;
}

std::string scatters(const Survey& survey, double gpu_memory_bytes) {
  const char* speed = survey.as_screened ? "tokens/s, as screened" : "tokens/s";
  std::string text = "<h2>Trade-offs</h2>" + series_legend(survey.runs);
  text += scatter_part(survey,
                       {.x_title = "peak memory of the fullest GPU, GB",
                        .y_title = speed,
                        .x = [&](std::size_t row) { return survey.rows[row].peak_memory_bytes / kGigabyte; },
                        .x_limit = gpu_memory_bytes / kGigabyte,
                        .limit_title = "memory of a GPU"},
                       "Speed against memory");
  if (prices_differ(survey)) {
    text += scatter_part(
        survey,
        {.x_title = survey.currency + " for a million tokens",
         .y_title = speed,
         .x =
             [&](std::size_t row) {
               // What a step costs goes with its time, so the speed that is drawn sets the price.
               const Configuration& c = survey.rows[row];
               return survey.speed[row] > 0 ? cost_of_million_tokens(c) * c.tokens_per_s / survey.speed[row] : 0;
             }},
        "Speed against cost");
  }
  return text;
}

std::string maps(const Survey& survey, const std::vector<std::size_t>& runs) {
  std::set<std::pair<int, int>> places;
  for (const Configuration& row : survey.rows) places.emplace(row.tp, row.pp);
  if (places.size() < 2) return "";
  return "<h2>TP x PP</h2>" +
         note(fmt::format("Best tokens/s of each cell over all else that was swept{}; all maps to one scale of "
                          "colours, the best of each outlined. Hover for what was chosen, or why there is none.",
                          survey.as_screened ? ", as screened" : "")) +
         heat_maps_svg(survey, runs);
}

std::string lines(const Survey& survey, const std::vector<std::size_t>& runs, const std::vector<std::string>& derived) {
  std::vector<std::size_t> fields = fields_to_draw(survey, derived);
  if (fields.empty()) return "";
  std::string text = "<h2>What each choice is worth</h2>" +
                     note(fmt::format("Best tokens/s{} at each value, whatever else is chosen. Axes do not begin at 0.",
                                      survey.as_screened ? ", as screened," : ""));
  if (fields.size() > kMostFieldsDrawn) {
    text += note(fmt::format("{} of {} swept fields drawn.", kMostFieldsDrawn, fields.size()));
    fields.resize(kMostFieldsDrawn);
  }
  text += series_legend(survey.runs) + "<div class=\"pair\">";
  for (const std::size_t field : fields)
    text += "<figure>" + lines_svg(survey, survey.fields[field], runs) + "</figure>\n";
  return text + "</div>\n";
}

std::string screening_part(const SweepPageInput& input) {
  if (!input.screening || input.screening->refined == 0) return "";
  const OrderChange& out = *input.screening;
  std::string text =
      "<h2>Screening against playing by units</h2>" +
      note(fmt::format("{} configurations were screened and then played by units on the scenario's network; {} of them "
                       "changed their place. The best was number {} in the screening{}. The screened step time was off "
                       "by {} in the median and {} at most.",
                       out.refined, out.moved, out.best_was,
                       out.best_was <= 10 ? ", so its first ten hold the best" : ": its first ten do not hold the best",
                       percent(out.median_error), percent(out.largest_error)));
  if (input.survey.promising > 0) {
    text += note(
        fmt::format("{} configurations that were only screened promise more there than the best one that was played by "
                    "units: raise `refine` to be sure that none of them is better.",
                    input.survey.promising));
  }
  return text;
}

std::string timelines(const SweepPageInput& input) {
  if (input.timelines.empty()) return "";
  std::string text = "<h2>Timelines of the best</h2>" +
                     note("Played again by units. One row a pipeline rank, all to one scale. Hover for details.") +
                     timeline_legend();
  for (std::size_t i = 0; i < input.timelines.size(); ++i) {
    const DrawnRow& drawn = input.timelines[i];
    text += fmt::format("<section><h3>#{} {} <small>{}</small>{}</h3>\n", i + 1,
                        escaped(short_name(input.survey.rows[drawn.row])), escaped(drawn.note),
                        drawn.svg.empty()
                            ? ""
                            : "<label class=\"zoom\">zoom <input type=\"range\" min=\"1\" max=\"40\" step=\"0.5\" "
                              "value=\"1\"></label>");
    text += drawn.svg + "</section>\n";
  }
  return text;
}

/// Distinct values of a text column, at most a few.
std::string distinct(const Survey& survey, std::string Configuration::*column) {
  std::set<std::string> values;
  for (const Configuration& row : survey.rows) values.insert(row.*column);
  std::string text;
  std::size_t shown = 0;
  for (const std::string& value : values) {
    if (value.empty()) continue;
    if (++shown > 5) return text + fmt::format(" and {} more", values.size() - 5);
    text += (text.empty() ? "" : ", ") + value;
  }
  return text;
}

std::string provenance(const SweepPageInput& input) {
  const Survey& survey = input.survey;
  std::string text = "<h2>Provenance</h2><div class=\"table\"><table class=\"facts\">";
  text += "<tr>" + table_cell("Braid") + table_cell(distinct(survey, &Configuration::version)) + "</tr>";
  text += "<tr>" + table_cell("GPU") + table_cell(distinct(survey, &Configuration::gpu)) + "</tr>";
  text += "<tr>" + table_cell("network") + table_cell(distinct(survey, &Configuration::network)) + "</tr>";
  text += "<tr>" + table_cell("grain") + table_cell(distinct(survey, &Configuration::grain)) + "</tr>";
  if (!survey.ranking.empty()) {
    text += "<tr>" + table_cell("hash of the best") + table_cell(survey.rows[survey.ranking.front()].hash) + "</tr>";
  }
  text += "</table></div>\n";
  for (const auto& [name, value] : input.facts) {
    text += fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", escaped(name), escaped(value));
  }
  return text;
}

}  // namespace

std::string counts_line(const Survey& survey) {
  const auto of = [](std::size_t n, const char* what) { return n > 0 ? fmt::format(", {} {}", n, what) : ""; };
  const std::string same = survey.same > 0 ? fmt::format(" ({} points of the sweep, {} of them the same as others)",
                                                         survey.rows.size() + survey.same, survey.same)
                                           : "";
  return fmt::format("{} configurations{}: {} played and fit", survey.rows.size(), same, survey.fitting) +
         of(survey.refined, "of them refined (screened, then played by units)") + of(survey.not_fitting, "do not fit") +
         of(survey.pruned, "pruned") + of(survey.failed, "failed") +
         of(survey.left_behind, "more are no longer in the sweep");
}

std::string nothing_fits_line(const Survey& survey) {
  if (!survey.ranking.empty()) return "";
  if (survey.not_fitting > 0) {
    double least = 0;
    for (const Configuration& row : survey.rows) {
      if (row.ok() && (least == 0 || row.peak_memory_bytes < least)) least = row.peak_memory_bytes;
    }
    return fmt::format("none of {} configurations fits the memory; the smallest needs {} on its fullest GPU",
                       survey.rows.size(), gb_text(least));
  }
  const bool pruned =
      survey.failed_because.empty() ||
      (!survey.pruned_because.empty() && survey.pruned_because.front().count >= survey.failed_because.front().count);
  const ReasonCount& most = pruned ? survey.pruned_because.front() : survey.failed_because.front();
  return fmt::format("none of {} configurations was played: {} pruned, {} failed; most often ({}): {}",
                     survey.rows.size(), survey.pruned, survey.failed, most.count, to_text(most));
}

std::string sweep_page(const SweepPageInput& input) {
  const Survey& survey = input.survey;
  std::string text = html_begin(input.title, sweep_style());
  text += fmt::format("<h1>{}</h1><p class=\"lead\">{}.</p>\n", escaped(input.title), escaped(counts_line(survey)));
  if (!input.setting.empty()) text += "<p class=\"lead\">" + escaped(input.setting) + "</p>\n";
  if (survey.as_screened) {
    text += note(
        "Pictures that hold many configurations against one another show all of them as they were screened: in blocks, "
        "on an ideal network. Tables and bars show what was played by units where it was.");
  }
  if (survey.unscreened > 0) {
    text += note(fmt::format("{} configurations were played but have no speed to compare; no picture shows them.",
                             survey.unscreened));
  }
  text += cards(survey) + choice_of_best(survey);
  if (const std::string nothing = nothing_fits_line(survey); !nothing.empty()) {
    text += "<p class=\"bad\">" + escaped(nothing) + ".</p>\n";
  }
  std::vector<std::size_t> runs = runs_by_best(survey);
  if (runs.size() > kMostRunsDrawn) {
    text += note(fmt::format("Maps and lines show the best {} of {} schedules.", kMostRunsDrawn, runs.size()));
    runs.resize(kMostRunsDrawn);
  }
  if (!survey.ranking.empty()) {
    text += "<h2>The best</h2>" + best_table(survey, kBestInTable);
    text += "<h3>Where their time goes</h3>" +
            note(
                "GPU seconds for a million tokens: mean over ranks of computing, and of waiting for tensor-parallel "
                "communication, for the pipeline (messages, other stages, warm-up and drain), for all else.") +
            "<div class=\"legend\">" + legend_entry("busy", "computing") +
            legend_entry("tp", "tensor-parallel communication") + legend_entry("pp_wait", "pipeline") +
            legend_entry("drain", "all else") + "</div>\n" + best_bars(survey, kBestInBars);
    if (survey.runs.size() > 1) text += "<h3>The best of each schedule</h3>" + best_of_runs_bars(survey);
  }
  text += screening_part(input);
  if (survey.fitting + survey.not_fitting > 0) text += scatters(survey, input.gpu_memory_bytes);
  text += maps(survey, runs);
  text += lines(survey, runs, input.derived);
  const std::string tornado = tornado_svg(input.sensitivities);
  if (!input.sensitivity_of.empty()) {
    text += "<h2>What if the cluster were otherwise</h2>" + note(escaped(input.sensitivity_of));
  }
  if (!tornado.empty()) {
    text += "<div class=\"legend\">" + legend_entry("less", "for the worse") + legend_entry("more", "for the better") +
            "</div>\n" + tornado;
  }
  if (input.against) text += against_html(input.against->comparison, survey, input.against->there);
  text += timelines(input);
  if (const std::string reasons = reasons_table(survey); !reasons.empty()) text += "<h2>Not played</h2>" + reasons;
  text += provenance(input);
  return text + html_end("A prediction by simulation.");
}

}  // namespace braid
