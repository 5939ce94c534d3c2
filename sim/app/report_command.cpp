// SPDX-License-Identifier: Apache-2.0
// `braid report STORE`: a sweep store as a page, as CSV, as JSON; held against another.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "sim/app/best_timelines.hpp"
#include "sim/app/sweep_commands.hpp"
#include "sim/app/sweep_summary.hpp"
#include "sim/base/csv.hpp"
#include "sim/base/error.hpp"
#include "sim/base/output_folder.hpp"
#include "sim/base/units.hpp"
#include "sim/sweep/report/sweep_files.hpp"
#include "sim/sweep/report/sweep_page.hpp"
#include "sim/sweep/run/run_sweep.hpp"
#include "sim/sweep/size/sensitivity.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string store;
  std::string out_dir, html, csv, against;
  std::size_t top = 3;
  bool json = false, no_timelines = false;
};

constexpr std::size_t kBestInTerminal = 10;

/// Big tables go to the disk row by row, so they are not put together first and renamed as others are.
template <class Write>
void stream_to(const std::string& path, const Write& write) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!out) throw Error(path, "cannot be written");
  write(out);
  out.close();
  if (!out) throw Error(path, "cannot be written whole; is the disk full?");
}

Survey survey_of(const SweepStore& store, const std::string& path) {
  Survey found = survey(store.all(true), store.currency(), path);
  found.same = static_cast<std::size_t>(same_as_others(store, found.rows));
  return found;
}

std::string best_text(const Survey& found, const std::string& path) {
  std::vector<Configuration> best;
  for (std::size_t i = 0; i < found.ranking.size() && i < kBestInTerminal; ++i)
    best.push_back(found.rows[found.ranking[i]]);
  return best_table_text(best, found.rows, path);
}

std::string against_text(const StoreComparison& found) {
  std::string text = fmt::format("against {}: {} configurations in both (joined by {})", found.other, found.common,
                                 found.by_choice ? "choice" : "hash");
  if (!found.pairs.empty()) {
    text += fmt::format(", tokens/s of {} over those of {}: {:+.2f} % in the median ({:+.2f} .. {:+.2f} %)", found.name,
                        found.other, 100 * (found.median - 1), 100 * (found.pairs.front().ratio - 1),
                        100 * (found.pairs.back().ratio - 1));
  }
  if (found.has_bests) text += found.same_best ? ", the same best" : ", another best";
  return text + "\n";
}

std::vector<std::pair<std::string, std::string>> facts_of(const SweepStore& store) {
  std::vector<std::pair<std::string, std::string>> facts;
  for (const char* name : {"sweep", "fields", "points", "version", "base"}) {
    if (std::string value = store.fact(name); !value.empty()) facts.emplace_back(name, std::move(value));
  }
  return facts;
}

/// Those that the sweep's file has under [derived].
std::vector<std::string> derived_fields(const SweepStore& store) {
  const std::string text = store.fact("sweep");
  return text.empty() ? std::vector<std::string>() : derived_in(text);
}

/// Model, cluster and the memory of its GPUs, as the best has them, or else the first row; nothing if its scenario
/// cannot be read.
void tell_setting(SweepPageInput& page, const SweepStore& store) try {
  const Survey& found = page.survey;
  const std::size_t at = found.ranking.empty() ? 0 : found.ranking.front();
  const Scenario scenario = parse_scenario(store.at(found.rows[at].id).scenario, store.path());
  page.setting = fmt::format("{} on {} of {} GPUs of {} ({})", scenario.model.name, found.rows[at].gpus,
                             scenario.cluster.gpus(), scenario.cluster.name, scenario.cluster.gpu.name);
  const bool one_gpu = std::none_of(found.fields.begin(), found.fields.end(), [](const ChosenField& field) {
    return field.values.size() > 1 && (field.name == "cluster" || field.name.starts_with("cluster.gpu"));
  });
  if (one_gpu) page.gpu_memory_bytes = scenario.cluster.gpu.memory.value;
} catch (const Error&) {}

/// Of the best; a row that cannot be screened again has none.
void ask_what_if(SweepPageInput& page, const SweepStore& store) {
  if (page.survey.ranking.empty()) return;
  const Configuration& best = page.survey.rows[page.survey.ranking.front()];
  try {
    Screener screener;
    for (Swing& swing : sensitivity(store.at(best.id), screener)) {
      page.sensitivities.push_back({.what = std::move(swing.what),
                                    .low_label = std::move(swing.low_label),
                                    .high_label = std::move(swing.high_label),
                                    .low = swing.low,
                                    .high = swing.high});
    }
    page.sensitivity_of = fmt::format("The best, {}, screened with one thing turned down and up.", short_name(best));
  } catch (const Error& error) {
    page.sensitivity_of = fmt::format("The best, {}, cannot be screened again: {}", short_name(best), error.what());
  }
}

void report_command(const ReportOptions& options, std::ostream& out) {
  const SweepStore store(options.store, SweepStore::Mode::read);
  const Survey found = survey_of(store, options.store);
  const std::string name = fs::path(options.store).stem().string();
  std::optional<Survey> there;
  std::optional<StoreComparison> comparison;
  if (!options.against.empty()) {
    there = survey_of(SweepStore(options.against, SweepStore::Mode::read), options.against);
    std::string other = fs::path(options.against).stem().string();
    comparison = compare_stores(found, *there, options.store, options.against);
    comparison->name = name;
    comparison->other = other == name ? options.against : other;
  }

  const bool named_files = !options.html.empty() || !options.csv.empty();
  const bool folder = !options.out_dir.empty() || (!options.json && !named_files);
  const std::string folder_name = options.out_dir.empty() ? (fs::path("out") / name).string() : options.out_dir;
  // Before timelines take their time.
  if (folder) check_output_folder(folder_name);
  OutputFolder files(folder_name);
  std::vector<std::string> written;

  if (folder || !options.html.empty()) {
    SweepPageInput page{.title = store.fact("name").empty() ? name : store.fact("name"),
                        .survey = found,
                        .timelines = {},
                        .sensitivity_of = "",
                        .sensitivities = {},
                        .screening = order_change(found.rows),
                        .against = std::nullopt,
                        .facts = facts_of(store),
                        .setting = "",
                        .derived = derived_fields(store)};
    if (!options.no_timelines) {
      page.timelines = best_timelines(store, found, options.top);
      ask_what_if(page, store);
    }
    tell_setting(page, store);
    if (comparison) page.against.emplace(StoreAgainst{.there = *there, .comparison = *comparison});
    const std::string html = sweep_page(page);
    if (folder) files.write("sweep.html", html);
    if (!options.html.empty()) {
      write_file(options.html, html);
      written.push_back(options.html);
    }
  }
  const auto csv = [&](std::ostream& to) { write_sweep_csv(to, found); };
  const auto json = [&](std::ostream& to) { write_sweep_json(to, found, name, comparison ? &*comparison : nullptr); };
  if (folder) {
    stream_to(files.place("sweep.csv"), csv);
    stream_to(files.place("sweep.json"), json);
  }
  if (!options.csv.empty()) {
    stream_to(options.csv, csv);
    written.push_back(options.csv);
  }
  if (options.json) {
    json(out);
    return;
  }
  out << counts_line(found) << '\n';
  if (const std::string nothing = nothing_fits_line(found); !nothing.empty()) out << nothing << '\n';
  out << best_text(found, options.store);
  if (comparison) out << against_text(*comparison);
  written.insert(written.begin(), files.written().begin(), files.written().end());
  for (const std::string& path : written) out << "wrote " << path << '\n';
}

}  // namespace

void add_report_command(CLI::App& app, std::function<void()>& chosen) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand("report", "a sweep store as a page, CSV and JSON; held against another");
  command->add_option("STORE", options->store, "what `braid sweep` wrote")->required();
  command
      ->add_option("--out", options->out_dir,
                   "folder for sweep.html, .csv and .json (default: out/<name of the store>)")
      ->type_name("DIR");
  command->add_option("--html", options->html, "write the page there and no folder unless --out is given")
      ->type_name("FILE");
  command->add_option("--csv", options->csv, "the same of the table")->type_name("FILE");
  command->add_flag("--json", options->json, "print JSON and write no files unless told to");
  command->add_option("--against", options->against, "another store of the same choices")->type_name("STORE");
  command->add_option("--top", options->top, "how many of the best are played again for their timelines")
      ->default_val(3)
      ->check(CLI::Range(0, 20));
  command->add_flag("--no-timelines", options->no_timelines, "play nothing again, so neither timelines nor what-ifs");
  command->footer("Example: braid report out/llama3-70b.db --against out/llama3-70b-ideal.db");
  command->callback([options, &chosen] { chosen = [options] { report_command(*options, std::cout); }; });
}

}  // namespace braid
