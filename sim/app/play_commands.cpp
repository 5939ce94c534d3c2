// SPDX-License-Identifier: Apache-2.0
// `braid simulate` and `braid compare`: play, print, write.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "sim/app/commands.hpp"
#include "sim/app/progress.hpp"
#include "sim/base/output_folder.hpp"
#include "sim/cost/scenario_profile.hpp"
#include "sim/memory/memory.hpp"
#include "sim/play/play.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/bubbles.hpp"
#include "sim/report/html.hpp"
#include "sim/report/json.hpp"
#include "sim/report/message_arrows.hpp"
#include "sim/report/run_columns.hpp"
#include "sim/report/run_counters.hpp"
#include "sim/report/strip.hpp"
#include "sim/report/text.hpp"
#include "sim/timeline/run_file.hpp"
#include "sim/timeline/trace.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

/// Columns of the terminal; a pipe gets the full table and no strips.
int terminal_width() {
  if (!isatty(STDOUT_FILENO)) return 0;
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::vector<Run> runs_of(const Scenario& scenario, const std::string& asked) {
  if (asked.empty()) return {scenario.runs.front()};
  return {run_called(scenario, asked, "--schedule")};
}

struct Why {
  int rank = 0;
  Seconds time;
};

std::optional<Why> parse_why(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t at = text.find('@');
  try {
    if (at == std::string::npos) throw std::invalid_argument(text);
    std::size_t rank_end = 0, time_end = 0;
    const Why why{.rank = std::stoi(text.substr(0, at), &rank_end),
                  .time = Seconds(std::stod(text.substr(at + 1), &time_end))};
    if (rank_end != at || time_end != text.size() - at - 1) throw std::invalid_argument(text);
    return why;
  } catch (const std::logic_error&) {
    throw Error("--why",
                fmt::format("'{}' is not RANK@TIME, such as 2@0.125 (seconds from the start of the step)", text));
  }
}

ProgressStyle style_of(const PlayOptions& options) {
  if (options.progress) return ProgressStyle::lines;
  return options.quiet ? ProgressStyle::none : ProgressStyle::bar;
}

/// What all runs of a scenario have in common.
RunTold told_of(const PlayOptions& options, const Scenario& scenario, const Profile& profile) {
  RunTold told{.kind = "simulated"};
  if (!scenario.profile.empty()) told.profile = to_csv(profile);
  try {
    told.scenario = scenario_as_one_text(options.scenario, options.overrides);
  } catch (const Error&) {
    // It was read and played, so that only what one text cannot hold is left to complain about.
    told.notes.push_back(
        "no scenario in this file, so that it cannot be changed and played again: a run's schedule is a file of its "
        "own");
  }
  return told;
}

void play_and_tell(const PlayOptions& options, bool all, std::ostream& out) {
  const std::optional<Why> why = parse_why(options.why);
  if (why && options.json) throw Error("--why", "explains in words; leave --json out");
  const Scenario scenario = read_scenario(options.scenario, options.overrides);
  throw_if_any(check(scenario));
  if (scenario.runs.empty()) throw Error(options.scenario, "has no [[run]]: nothing to play");
  const std::vector<Run> runs = all ? scenario.runs : runs_of(scenario, options.schedule);
  throw_if_any(check_runs(scenario, runs));
  const Profile profile = profile_of(scenario);

  const int width = terminal_width();
  // JSON goes to programs; they ask for files with --out.
  const bool write = options.files && (!options.json || !options.out_dir.empty());
  OutputFolder files(options.out_dir.empty() ? (fs::path("out") / fs::path(options.scenario).stem()).string()
                                             : options.out_dir);
  Comparison comparison{.scenario = scenario.name};
  std::vector<PlayedRun> plays;  // what the joins borrow
  plays.reserve(runs.size());
  std::vector<Played> joins;
  std::string reasons;
  {
    Progress progress(static_cast<int>(runs.size()) + (write ? 1 : 0), style_of(options));
    for (std::size_t i = 0; i < runs.size(); ++i) {
      progress.step(static_cast<int>(i), label_of(runs[i]));
      plays.push_back(play(scenario, runs[i], profile));
      PlayedRun& played = plays.back();
      if (write) add_memory_counters(played.program, played.timeline);
      joins.push_back(join_complete(played.program, played.timeline));
      comparison.runs.push_back(played.report);
    }
    // Before anything is written: the question may be about a rank or a time that is not there.
    for (std::size_t i = 0; why && i < runs.size(); ++i) {
      reasons += label_of(runs[i]) + ": " + explain(joins[i], why->rank, why->time, plays[i].costs.launches) + "\n";
    }
    if (write) {
      progress.step(static_cast<int>(runs.size()), "writing");
      RunTold told = told_of(options, scenario, profile);
      for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::string name = file_name(label_of(runs[i]));
        files.write(name + ".pftrace", perfetto_trace(plays[i].timeline, message_arrows(joins[i])));
        told.title = told.run = label_of(runs[i]);
        RunColumns columns = run_columns(joins[i], plays[i].costs, plays[i].report, told);
        add_counters(columns, joins[i], {.cluster = &scenario.cluster, .costs = &plays[i].costs});
        write_run_file(columns.view(), files.place(name + ".braid"));
      }
      files.write("report.json", to_json(comparison, false));
      files.write("report.html", to_html(comparison, joins));
    }
  }
  out << reasons;
  if (options.json) {
    out << to_json(comparison, true);
    return;
  }
  out << to_text(comparison, {.width = width == 0 ? 200 : width});
  if (options.quiet) return;
  if (width >= 80) out << strips(comparison, joins, {.width = width});
  for (const std::string& path : files.written()) out << "wrote " << path << '\n';
  if (write)
    out << "open report.html in a browser, a .braid with `braid gui FILE`, a .pftrace in https://ui.perfetto.dev\n";
}

}  // namespace

void simulate_command(const PlayOptions& options, std::ostream& out) { play_and_tell(options, false, out); }
void compare_command(const PlayOptions& options, std::ostream& out) { play_and_tell(options, true, out); }

}  // namespace braid
