// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/report/bars_svg.hpp"
#include "sim/report/html_parts.hpp"
#include "sim/report/svg.hpp"
#include "sim/report/text.hpp"
#include "sim/report/timeline_svg.hpp"

namespace braid {
namespace {

constexpr std::size_t kRectanglesOfAPage = 40000;
constexpr std::size_t kMostRanksInATable = 64;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string or_dash(double value, const std::string& text) { return value > 0 ? text : "-"; }

std::string cards(const Comparison& comparison) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < comparison.runs.size(); ++i) {
    if (speed_up(comparison, i) > speed_up(comparison, best)) best = i;
  }
  const RunReport& run = comparison.runs[best];
  std::string text = "<div class=\"cards\">";
  if (best > 0) {
    text += card(fmt::format("{:.3f}x", speed_up(comparison, best)),
                 fmt::format("{} over {}", run.schedule, comparison.runs.front().schedule));
  }
  text += card(to_text(run.step_time), fmt::format("a step with {}", run.schedule));
  if (run.mfu > 0) text += card(percent(run.mfu), fmt::format("of the GPUs' dense peak with {}", run.schedule));
  text += card(percent(run.bubble_global / run.step_time), fmt::format("idle with {}", run.schedule));
  text += card(to_text(run.peak.bytes), fmt::format("on the fullest GPU with {}{}", run.schedule,
                                                    run.gpu_memory.value > 0 ? ", of " + to_text(run.gpu_memory) : ""));
  return text + "</div>\n";
}

std::string main_table(const Comparison& comparison) {
  std::string text = "<div class=\"table\"><table>";
  text += table_head({{"schedule", ""},
                      {"step", "Time of one optimizer step"},
                      {"samples/s", ""},
                      {"tokens/s/GPU", ""},
                      {"MFU", "Model flops, causal attention, no recomputation, over the dense peak of all GPUs"},
                      {"global bubble", "Step time minus mean work"},
                      {"span bubble", "Longest span of a rank, first op to last, minus mean work"},
                      {"TP", "Share of the step idle for tensor-parallel collectives"},
                      {"PP", "Share of the step idle for the pipeline: waiting, transfers, warm-up and drain"},
                      {"other", "Share of the step idle for data parallelism, offload and the host"},
                      {"exposed comm.", "Communication in flight while nothing computes"},
                      {"peak memory", "Of the fullest rank"},
                      {"fits", ""},
                      {"speed-up", "Samples a second over those of the first row"}});
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const RunReport& run = comparison.runs[i];
    text += "<tr>" + table_cell(run.schedule) + table_cell(to_text(run.step_time)) +
            table_cell(or_dash(run.samples_per_s, fmt::format("{:.3f}", run.samples_per_s))) +
            table_cell(or_dash(run.tokens_per_s_per_gpu, fmt::format("{:.0f}", run.tokens_per_s_per_gpu))) +
            table_cell(or_dash(run.mfu, percent(run.mfu))) + table_cell(to_text(run.bubble_global)) +
            table_cell(to_text(run.bubble_span)) + table_cell(percent(run.tp_share())) +
            table_cell(percent(run.pp_share())) + table_cell(percent(run.other_share())) +
            table_cell(to_text(run.exposed_communication.mean)) + table_cell(to_text(run.peak.bytes));
    text += run.gpu_memory.value <= 0 ? "<td>-</td>"
            : run.fits()              ? "<td class=\"good\">yes</td>"
                                      : "<td class=\"bad\">no</td>";
    text += table_cell(fmt::format("{:.3f}x", speed_up(comparison, i))) + "</tr>";
  }
  return text + "</table></div>\n";
}

std::string rank_table(const RunReport& run) {
  std::vector<TableColumn> columns{{"rank", ""}, {"busy", ""}, {"stretch", ""}};
  for (std::size_t c = 0; c < kCauses; ++c) {
    const auto cause = static_cast<Cause>(c);
    columns.push_back({to_text(cause), meaning_of(cause)});
  }
  columns.push_back({"peak memory", ""});
  std::string text = "<details><summary>by rank</summary><div class=\"table\"><table>" + table_head(columns);
  for (std::size_t i = 0; i < run.ranks.size() && i < kMostRanksInATable; ++i) {
    const RankTime& time = run.ranks[i];
    text += "<tr>" + table_cell(std::to_string(time.rank)) + table_cell(to_text(time.busy)) +
            table_cell(to_text(time.stretch));
    for (const Seconds idle : time.idle) text += table_cell(to_text(idle));
    text += table_cell(to_text(run.peaks[i].bytes)) + "</tr>";
  }
  text += "</table></div>";
  if (run.ranks.size() > kMostRanksInATable) {
    text += fmt::format("<p class=\"note\">{} of {} ranks.</p>", kMostRanksInATable, run.ranks.size());
  }
  return text + "</details>\n";
}

std::string timelines(const Comparison& comparison, std::span<const Played> plays) {
  Seconds longest{};
  for (const RunReport& run : comparison.runs) longest = std::max(longest, run.step_time);
  std::string text =
      "<h2>Timelines</h2><p class=\"note\">One row a pipeline rank, all to one scale. Under the passes: how "
      "much of each slice of time was idle, by cause; then tp and pp in flight. Hover for details.</p>";
  text += timeline_legend();
  for (std::size_t i = 0; i < plays.size(); ++i) {
    const RunReport& run = comparison.runs[i];
    text += fmt::format(
        "<section><h3>{} <small>{}, {} idle</small><label class=\"zoom\">zoom <input type=\"range\" min=\"1\" "
        "max=\"40\" step=\"0.5\" value=\"1\"></label></h3>\n",
        escaped(run.schedule), to_text(run.step_time), percent(run.bubble_global / run.step_time));
    text += timeline_svg(run, plays[i],
                         {.scale = longest, .most_ranks = 32, .rectangles = kRectanglesOfAPage / plays.size()});
    text += rank_table(run) + "</section>\n";
  }
  return text;
}

/// What all runs share, then what sets each apart.
std::string provenance(const Comparison& comparison) {
  std::set<std::string> names;
  for (const RunReport& run : comparison.runs) {
    for (const auto& [name, value] : run.provenance) names.insert(name);
  }
  std::string text = "<h2>Provenance</h2><div class=\"table\"><table class=\"facts\">";
  for (const std::string& name : names) {
    std::vector<std::string> values;
    for (const RunReport& run : comparison.runs) {
      const auto found = run.provenance.find(name);
      values.push_back(found == run.provenance.end() ? "-" : found->second);
    }
    const bool shared = std::all_of(values.begin(), values.end(), [&](const auto& v) { return v == values.front(); });
    std::string all = shared ? values.front() : "";
    for (std::size_t i = 0; i < values.size() && !shared; ++i) {
      all += (i == 0 ? "" : "; ") + comparison.runs[i].schedule + ": " + values[i];
    }
    text += "<tr>" + table_cell(name) + table_cell(all) + "</tr>";
  }
  text += "</table></div>\n";
  for (const RunReport& run : comparison.runs) {
    text += fmt::format("<p class=\"note\">{}: {} GPUs, {} ops, {} flows{}{}.</p>", escaped(run.schedule), run.gpus,
                        run.ops, run.flows, folded_text(run),
                        run.lost > 0 ? fmt::format(", {} records not understood", run.lost) : "");
  }
  std::set<std::string> notes;
  for (const RunReport& run : comparison.runs) notes.insert(run.notes.begin(), run.notes.end());
  if (!notes.empty()) {
    text += "<h2>Notes</h2><ul class=\"note\">";
    for (const std::string& note : notes) text += "<li>" + escaped(note) + "</li>";
    text += "</ul>\n";
  }
  return text;
}

std::string memory_legend() {
  std::string text = "<div class=\"legend\">";
  for (std::size_t c = 0; c < kMemoryClasses; ++c) {
    text += legend_entry(fmt::format("m{}", c + 1), to_text(static_cast<MemoryClass>(c)));
  }
  return text + legend_entry("bad", "what the GPU has") + "</div>\n";
}

}  // namespace

std::string to_html(const Comparison& comparison, std::span<const Played> plays) {
  BRAID_CHECK(!comparison.runs.empty(), "a comparison has runs");
  BRAID_CHECK(plays.empty() || plays.size() == comparison.runs.size(), "every run of the comparison has its play");
  const std::string name = escaped(comparison.scenario);
  const auto kind = comparison.runs.front().provenance.find("kind");
  const bool measured = kind != comparison.runs.front().provenance.end() && kind->second == "measured";
  std::string text = html_begin(comparison.scenario);
  text += fmt::format(
      "<h1>{}</h1><p class=\"lead\">{} GPUs, {} by Braid. Times of ranks are means; hover for the worst "
      "rank.</p>\n",
      name, comparison.runs.front().gpus, measured ? "measured, evaluated" : "simulated");
  text += cards(comparison);
  text += "<h2>Schedules</h2>" + main_table(comparison);
  text += "<h2>Where the step goes</h2>" + time_legend() + time_bars(comparison);
  if (!plays.empty()) text += timelines(comparison, plays);
  text += "<h2>Memory of the fullest GPU</h2>" + memory_legend() + memory_bars(comparison);
  text += provenance(comparison);
  text += html_end(measured ? "Measured on real GPUs." : "A prediction by simulation.");
  return text;
}

}  // namespace braid
