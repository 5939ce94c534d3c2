// SPDX-License-Identifier: Apache-2.0
// The program `braid`: reads the command line, calls one command, and turns an Error into one line and exit code 2.
#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "sim/app/commands.hpp"
#include "sim/app/fit_command.hpp"
#include "sim/app/sibling.hpp"
#include "sim/app/stop_signals.hpp"
#include "sim/app/sweep_commands.hpp"
#include "sim/base/error.hpp"

namespace {

using braid::Override;

constexpr int kUserMistake = 2;

std::vector<Override> overrides_of(const std::vector<std::string>& texts) {
  std::vector<Override> overrides;
  overrides.reserve(texts.size());
  for (const std::string& text : texts) overrides.push_back(braid::parse_override(text));
  return overrides;
}

void add_play_options(CLI::App& command, braid::PlayOptions& options, std::vector<std::string>& sets) {
  command.add_option("SCENARIO", options.scenario, "a scenario file (TOML); `braid init` writes one")->required();
  command.add_option("--set", sets, "override any field: plan.tp=8, cluster.nodes=4, run.0.p2p=batched")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--out", options.out_dir, "folder for report, run files and traces (default: out/<name of its file>)")
      ->type_name("DIR");
  command.add_option("--why", options.why, "explain what rank RANK was doing at time TIME (seconds)")
      ->type_name("RANK@TIME");
  command.add_flag("--json", options.json, "print the report as JSON and write no files unless --out is given");
  command.add_flag("--quiet", options.quiet, "no progress, no strips, no list of files");
  command.add_flag("--progress", options.progress, "lines on stderr for a program that waits: progress SHARE WHAT");
  command.add_flag_callback(
      "--no-files", [&options] { options.files = false; }, "write no files");
}

/// One line that says what to do, where CLI11 has two.
std::string parse_fault(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  if (!chosen.empty()) return std::string(error.what()) + "; see braid " + chosen.front()->get_name() + " --help";
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return "say what to do: braid COMMAND ...; see braid --help";
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
  const std::string near = braid::nearest_word(words.front(), commands);
  return "there is no command '" + words.front() + "'" + (near.empty() ? "" : ", did you mean '" + near + "'?") +
         "; see braid --help";
}

int run(int argc, char** argv) {
  CLI::App app(
      "Braid predicts how a GPU cluster behaves while it trains a large model with tensor and pipeline "
      "parallelism.\n\nFirst steps:\n"
      "  braid compare scenarios/papers/stp-12b-a800-tp8pp2-6144.toml\n"
      "  braid init my.toml && braid simulate my.toml --set plan.tp=4\n"
      "  braid schedule stp --stages 4 --microbatches 12 --grid\n",
      "braid");
  app.set_version_flag("--version", "braid " BRAID_VERSION);
  app.require_subcommand(1);
  // Before anything is parsed: every argument behind the command is the sibling's.
  if (argc > 1) {
    if (const braid::Sibling* other = braid::sibling(argv[1])) braid::start(*other, argv + 1);
  }
  for (const braid::Sibling& other : braid::kSiblings)
    app.add_subcommand(std::string(other.command), std::string(other.what));

  braid::PlayOptions play;
  std::vector<std::string> sets;
  CLI::App* simulate = app.add_subcommand("simulate", "play one schedule of a scenario");
  add_play_options(*simulate, play, sets);
  simulate->add_option("--schedule", play.schedule, "which run of the scenario, by label or schedule (default: first)");
  simulate->footer("Example: braid simulate my.toml --schedule stp --set plan.microbatches=128 --json");
  CLI::App* compare = app.add_subcommand("compare", "play all schedules of a scenario side by side");
  add_play_options(*compare, play, sets);
  compare->footer("Example: braid compare scenarios/papers/stp-12b-a800-tp8pp2-6144.toml --set plan.microbatches=192");

  braid::ScheduleOptions schedule;
  CLI::App* make = app.add_subcommand("schedule", "generate or read a schedule, check it, print it, play it");
  make->add_option("NAME", schedule.name, "which schedule; `braid list schedules`");
  make->add_option("--from", schedule.from, "read a PyTorch pipelining CSV instead")->type_name("FILE");
  make->add_option("--stages", schedule.stages, "pipeline ranks, p");
  make->add_option("--microbatches", schedule.microbatches, "microbatches a step, m");
  make->add_option("--chunks", schedule.chunks, "virtual stages a rank, v");
  make->add_option("--group", schedule.group, "microbatch group of interleaved schedules (Megatron)");
  make->add_option("--memory-limit", schedule.memory_limit, "zb: most activations alive on a rank");
  make->add_option("--csv", schedule.csv, "print it as compute_only, compute_comms or braided")->type_name("FORM");
  make->add_flag("--grid", schedule.grid, "print the unit-slot grid of the papers' figures");
  make->add_flag("--play", schedule.play, "play it at abstract costs and print the figures alone");
  make->add_option("--costs", schedule.costs, "f=1,i=1,w=1[,ar=0,p2p=0]; also what searched schedules plan with");
  make->add_option("--p2p", schedule.p2p, "eager, batched or blocking");
  make->add_flag("--json", schedule.json, "with --play: as JSON");
  make->add_option("--out", schedule.out, "with --play: write a run file for `braid gui`")->type_name("FILE.braid");
  make->footer(
      "Examples: braid schedule stp --stages 4 --microbatches 12 --csv braided\n"
      "          braid schedule --from theirs.csv --play --costs f=2,i=2,w=1 --json\n"
      "          braid schedule stp --stages 4 --microbatches 12 --play --out stp.braid && braid gui stp.braid");

  std::string file, shell;
  CLI::App* check =
      app.add_subcommand("check", "read a scenario (or a sweep, or a schedule CSV) and say what is wrong with it");
  check->add_option("FILE", file, "a scenario or a sweep (TOML), or a schedule (CSV)")->required();
  check->add_option("--set", sets, "override any field of a scenario")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
  CLI::App* init = app.add_subcommand("init", "write a commented scenario");
  init->add_option("FILE", file, "- prints it")->default_val("scenario.toml");
  braid::ListOptions listed;
  CLI::App* list = app.add_subcommand(
      "list", "what there is: schedules, models, clusters, fields of a scenario, parameters of a profile");
  list->add_option("WHAT", listed.what, "schedules, models, clusters, fields or parameters")->required();
  list->add_flag("--json", listed.json, "fields as JSON");
  list->add_flag("--markdown", listed.markdown, "fields as the page of the manual");
  braid::FitOptions fit;
  CLI::App* fitting = app.add_subcommand("fit", "fit free cost parameters to measured throughputs");
  fitting->add_option("FILE", fit.file, "measured rows: scenario,set,run,samples_per_s,use,source (CSV)")->required();
  fitting->add_option("--free", fit.free, "a parameter that may move; give it once for each")->allow_extra_args(false);
  fitting->add_option("--base", fit.base, "profile to start from (default: the rules of the rows' GPU)")
      ->type_name("FILE");
  fitting->add_option("--alternatives", fit.alternatives, "also fit as many other choices of rows");
  fitting->add_option("--out", fit.out_dir, "folder for the profile and the residuals")->type_name("DIR");
  fitting->add_flag("--quiet", fit.quiet, "no progress");
  std::function<void()> chosen;
  braid::add_sweep_command(app, chosen);
  braid::add_size_command(app, chosen);
  braid::add_report_command(app, chosen);
  CLI::App* completion = app.add_subcommand("completion", "shell completion: source <(braid completion bash)");
  completion->add_option("SHELL", shell, "bash or zsh")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help and --version
    throw braid::Error("", parse_fault(app, e));
  }
  play.overrides = overrides_of(sets);
  if (*simulate) braid::simulate_command(play, std::cout);
  if (*compare) braid::compare_command(play, std::cout);
  if (*make) braid::schedule_command(schedule, std::cout);
  if (*check) braid::check_command(file, play.overrides, std::cout);
  if (*init) braid::init_command(file, std::cout);
  if (*list) braid::list_command(listed, std::cout);
  if (*fitting) braid::fit_command(fit, std::cout);
  if (chosen) chosen();
  if (*completion) braid::completion_command(shell, std::cout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const braid::Error& e) {
    std::cerr << "braid: " << e.what() << '\n';
    return kUserMistake;
  } catch (const braid::Stopped&) { return braid::kExitStopped; } catch (const std::exception& e) {
    std::cerr << "braid: unexpected: " << e.what() << '\n';
    return 1;
  }
}
