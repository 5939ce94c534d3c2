// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/sweep_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "sim/base/units.hpp"
#include "sim/report/bars_svg.hpp"
#include "sim/report/html_parts.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostReasons = 12;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

/// Fields that have no column of their own anyway and tell rows apart.
std::vector<const ChosenField*> fields_to_tell(const Survey& survey) {
  constexpr std::string_view kHaveColumns[] = {
      "plan.tp", "plan.pp", "plan.dp", "plan.microbatches", "plan.microbatch_size", "plan.sequence"};
  std::vector<const ChosenField*> fields;
  for (const ChosenField& field : survey.fields) {
    const bool has = std::find(std::begin(kHaveColumns), std::end(kHaveColumns), field.name) != std::end(kHaveColumns);
    if (!has && field.values.size() > 1) fields.push_back(&field);
  }
  return fields;
}

template <class Of>
bool any(const Survey& survey, std::size_t most, const Of& of) {
  for (std::size_t i = 0; i < survey.ranking.size() && i < most; ++i) {
    if (of(survey.rows[survey.ranking[i]])) return true;
  }
  return false;
}

BarPart part_of(const char* css_class, const char* name, double seconds, double step) {
  return {.css_class = css_class,
          .value = seconds,
          .title = fmt::format("{}: {} of the step, {}", name, percent(seconds / step), to_text(Seconds(seconds))),
          .label = percent(seconds / step)};
}

/// Of a million tokens, so that steps of different batches compare.
std::string bars_of(const Survey& survey, const std::vector<std::pair<std::string, std::size_t>>& named,
                    const char* label) {
  std::vector<Bar> bars;
  double scale = 0;
  for (const auto& [name, row_number] : named) {
    const Configuration& row = survey.rows[row_number];
    if (!(row.tokens_per_s > 0) || !(row.step_time_s > 0)) continue;
    const double of_million = 1e6 / (row.tokens_per_s * row.step_time_s) * row.gpus;
    const double step = row.step_time_s * of_million;
    Bar bar{.name = name, .total = short_number(step) + " GPU s", .parts = {}};
    for (const auto& [css_class, what, seconds] :
         {std::tuple{"busy", "computing", row.busy_s}, std::tuple{"tp", "tensor-parallel communication", row.tp_s},
          std::tuple{"pp_wait", "pipeline", row.pp_s}, std::tuple{"drain", "all else", row.other_s}}) {
      BarPart part = part_of(css_class, what, seconds, row.step_time_s);
      part.value *= of_million;
      bar.parts.push_back(std::move(part));
    }
    scale = std::max(scale, step);
    bars.push_back(std::move(bar));
  }
  return stacked_bars(bars, scale, label);
}

void add_reasons(std::string& text, const char* what, const std::vector<ReasonCount>& reasons) {
  for (std::size_t i = 0; i < reasons.size() && i < kMostReasons; ++i) {
    text += "<tr>" + table_cell(what) + table_cell(std::to_string(reasons[i].count)) +
            table_cell(to_text(reasons[i]), "left") + "</tr>";
  }
  std::size_t rest = 0;
  for (std::size_t i = kMostReasons; i < reasons.size(); ++i) rest += reasons[i].count;
  if (rest > 0) {
    text += "<tr>" + table_cell(what) + table_cell(std::to_string(rest)) +
            table_cell(fmt::format("for {} other reasons; see sweep.csv", reasons.size() - kMostReasons), "left") +
            "</tr>";
  }
}

}  // namespace

std::string best_table(const Survey& survey, std::size_t most) {
  const auto fields = fields_to_tell(survey);
  const bool priced = any(survey, most, [](const Configuration& row) { return row.cost_per_step.has_value(); });
  const bool powered = any(survey, most, [](const Configuration& row) { return row.watts.has_value(); });
  const int gpus = survey.ranking.empty() ? 0 : survey.rows[survey.ranking.front()].gpus;
  const bool gpus_differ = any(survey, most, [&](const Configuration& row) { return row.gpus != gpus; });
  const bool has_mfu = any(survey, most, [](const Configuration& row) { return row.mfu > 0; });
  std::vector<TableColumn> columns{{"#", ""},
                                   {"schedule", ""},
                                   {"TP", ""},
                                   {"PP", ""},
                                   {"DP", ""},
                                   {"microbatches", "A step and replica, times samples of each"},
                                   {"sequence", "Tokens a sample"}};
  for (const ChosenField* field : fields) columns.push_back({field->name, ""});
  if (gpus_differ) columns.push_back({"GPUs", ""});
  columns.push_back({"step", "Time of one optimizer step"});
  columns.push_back({"tokens/s", "Of the whole job"});
  if (gpus_differ) columns.push_back({"tokens/s/GPU", ""});
  if (has_mfu) columns.push_back({"MFU", "Model flops, causal attention, no recomputation, over the dense peak"});
  columns.push_back({"memory", "Peak of the fullest GPU"});
  if (priced) columns.push_back({survey.currency + " / 1 M tokens", ""});
  if (powered) columns.push_back({"kWh / 1 M tokens", ""});
  columns.push_back({"played", "unit: by units on the named network; block: screened in blocks on an ideal one"});
  if (survey.refined > 0) columns.push_back({"screened as", "Its place among the refined ones by screened time"});
  std::string text = "<div class=\"table\"><table>" + table_head(columns);
  for (std::size_t i = 0; i < survey.ranking.size() && i < most; ++i) {
    const std::size_t at = survey.ranking[i];
    const Configuration& row = survey.rows[at];
    text += "<tr>" + table_cell(std::to_string(i + 1)) + table_cell(row.run) + table_cell(std::to_string(row.tp)) +
            table_cell(std::to_string(row.pp)) + table_cell(std::to_string(row.dp)) +
            table_cell(fmt::format("{} x {}", row.microbatches, row.microbatch_size)) +
            table_cell(std::to_string(row.sequence));
    for (const ChosenField* field : fields) text += table_cell(field->text(at));
    if (gpus_differ) text += table_cell(std::to_string(row.gpus));
    text += table_cell(to_text(Seconds(row.step_time_s))) + table_cell(short_number(row.tokens_per_s));
    if (gpus_differ) text += table_cell(row.gpus > 0 ? short_number(row.tokens_per_s / row.gpus) : "-");
    if (has_mfu) text += table_cell(row.mfu > 0 ? percent(row.mfu) : "-");
    text += table_cell(gb_text(row.peak_memory_bytes));
    if (priced) text += table_cell(row.cost_per_step ? short_number(cost_of_million_tokens(row)) : "-");
    if (powered) {
      constexpr double kJoulesOfKwh = 3.6e6;
      text += table_cell(row.watts ? short_number(*row.watts / row.tokens_per_s * 1e6 / kJoulesOfKwh) : "-");
    }
    text += table_cell(row.network + ", " + row.grain);
    if (survey.refined > 0) {
      text += table_cell(survey.screened_place[at] > 0 ? fmt::format("#{}", survey.screened_place[at]) : "-");
    }
    text += "</tr>";
  }
  return text + "</table></div>\n";
}

std::string best_bars(const Survey& survey, std::size_t most) {
  std::vector<std::pair<std::string, std::size_t>> named;
  for (std::size_t i = 0; i < survey.ranking.size() && i < most; ++i) {
    named.emplace_back(fmt::format("#{} {}", i + 1, short_name(survey.rows[survey.ranking[i]])), survey.ranking[i]);
  }
  return bars_of(survey, named, "Where the time of the best goes");
}

std::vector<std::size_t> runs_by_best(const Survey& survey) {
  std::vector<double> best(survey.runs.size(), 0);
  for (const std::size_t row : survey.ranking)
    best[survey.run_of[row]] = std::max(best[survey.run_of[row]], survey.speed[row]);
  std::vector<std::size_t> runs(survey.runs.size());
  std::iota(runs.begin(), runs.end(), std::size_t{0});
  std::stable_sort(runs.begin(), runs.end(), [&](auto a, auto b) { return best[a] > best[b]; });
  return runs;
}

std::string best_of_runs_bars(const Survey& survey) {
  if (survey.runs.size() < 2) return "";
  std::vector<std::optional<std::size_t>> best(survey.runs.size());
  for (const std::size_t row : survey.ranking) {
    std::optional<std::size_t>& at = best[survey.run_of[row]];
    if (!at || survey.speed[row] > survey.speed[*at]) at = row;
  }
  std::vector<std::pair<std::string, std::size_t>> named;
  for (const std::size_t run : runs_by_best(survey)) {
    if (best[run]) named.emplace_back(short_name(survey.rows[*best[run]]), *best[run]);
  }
  return bars_of(survey, named, "Where the time of each schedule's best goes");
}

std::string reasons_table(const Survey& survey) {
  if (survey.pruned_because.empty() && survey.failed_because.empty()) return "";
  std::string text = "<div class=\"table\"><table>" + table_head({{"not played", ""}, {"how many", ""}, {"why", ""}});
  add_reasons(text, "failed", survey.failed_because);
  add_reasons(text, "pruned", survey.pruned_because);
  return text + "</table></div>\n";
}

}  // namespace braid
