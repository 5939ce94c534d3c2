// SPDX-License-Identifier: Apache-2.0
// braid-validate: predictions held against what was measured: by itself on GPUs or host threads, recorded before, in
// traces of others, in published tables.
#include <CLI/CLI.hpp>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

#include "sim/base/error.hpp"
#include "validate/foreign_command.hpp"
#include "validate/gpu_runners.hpp"
#include "validate/recordings_command.hpp"
#include "validate/run_command.hpp"
#include "validate/table/table_command.hpp"

namespace {

constexpr int kUserMistake = 2;

struct Everything {
  braid::RunOptions run;
  braid::ForeignOptions foreign;
  braid::RecordingsOptions recordings;
  braid::TableOptions table;
  std::string scenario, out_dir, profile, limits;
  std::vector<std::string> sets, runs;
  bool json = false;
};

CLI::Option* list(CLI::App& app, const std::string& name, std::vector<std::string>& values, const std::string& what,
                  const std::string& type) {
  return app.add_option(name, values, what)->type_name(type)->delimiter(',')->allow_extra_args(false);
}

CLI::Option* each(CLI::App& app, const std::string& name, std::vector<std::string>& values, const std::string& what,
                  const std::string& type) {
  return app.add_option(name, values, what)->type_name(type)->allow_extra_args(false);
}

void add_run_options(CLI::App& app, braid::RunOptions& run) {
  app.add_option(
         "--placement", run.placement,
         "partition: every rank on SMs of its own of one GPU; replay: one rank on a GPU, its peers as predicted; "
         "multi: a GPU a rank; host: CPU threads and a virtual clock, which checks programs and measures nothing")
      ->check(CLI::IsMember({"partition", "replay", "multi", "host"}))
      ->type_name("WHERE");
  app.add_option("--rank", run.rank, "replay: the pipeline rank (default 0)")->type_name("N");
  app.add_option("--sms", run.sms, "partition: SMs of a rank (default: equal shares)")->type_name("N");
  app.add_flag("--calibrate-works", run.calibrate_works,
               "partition, replay: predict from each op measured alone on the same placement, not from the profile");
  app.add_option("--scale", run.scale, "shrink the model: layers=8, hidden=0.5, or fit (layers, to the memory)")
      ->type_name("HOW");
  app.add_option("--repeats", run.repeats, "steps, of each kind (default 20)")->type_name("N");
  app.add_option("--warm-up", run.warm_up, "steps before (default 3)")->type_name("N");
  app.add_option("--time-limit", run.time_limit_s, "seconds that one step may take (default 30)")->type_name("S");
  app.add_option("--record", run.record_dir, "keep each run as a recording, in a folder of its own")->type_name("DIR");
  app.add_flag("--unfolded", run.unfolded, "host: every GPU, not one for all that behave alike");
  app.add_option("--jitter", run.jitter,
                 "host: relative deviation of compute times, 0 to 0.5; breaks the limits of host, which are for none")
      ->type_name("SHARE");
  each(app, "--fault", run.faults,
       "host: break something on purpose; dies, lost, stuck, hangs, drops, swaps or early, at the number or the name "
       "of an op: dies:rank=1,at=40",
       "KIND:rank=N,at=OP");
}

void add_trace_options(CLI::App& app, braid::ForeignOptions& foreign) {
  each(app, "--trace", foreign.files, "a rank's trace by torch.profiler (.json, .json.gz) or Nsight Systems (.sqlite)",
       "[RANK=]FILE");
  app.add_option("--step-name", foreign.step_name, "ranges that begin so are steps (default ProfilerStep)")
      ->type_name("TEXT");
  app.add_option("--steps", foreign.steps, "steps in a trace that does not mark them (default 1)")->type_name("N");
}

void add_table_options(CLI::App& app, braid::TableOptions& table) {
  app.add_option("--table", table.table, "published runs (CSV): model, plan, GPUs, measured seconds a step")
      ->type_name("FILE");
  each(app, "--where", table.where, "only rows for which this holds: tp<=8, n_gpus=512; may be repeated", "CONDITION");
  list(app, "--fit", table.fit, "fit on these rows, at most five, and predict the others", "ID,ID");
  list(app, "--free", table.free, "parameters of the cost rules that the fit may move", "NAME,NAME");
  app.add_option("--cluster", table.cluster, "whose links (default: the shipped cluster of the rows' GPU)")
      ->type_name("FILE");
  each(
      app, "--node-bandwidth", table.node_bandwidths,
      "of all NICs of a node, one direction: \"800 Gbit/s\", or \"vTrain: 800 Gbit/s\" for rows whose source begins so "
      "(default: the cluster's)",
      "[SOURCE:]RATE");
}

/// Flags whose value is empty: a variable of a script that was not set, as a rule.
void refuse_empty(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& value : option->results()) {
      if (value.empty()) throw braid::Error(option->get_name(), "has an empty value");
    }
  }
}

/// Options of a way to validate that was not asked for.
void refuse_others(const CLI::App& app, const CLI::App* asked) {
  for (const CLI::App* group : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (group == asked) continue;
    for (const CLI::Option* option : group->get_options()) {
      if (option->count() == 0) continue;
      throw braid::Error(option->get_name(), "belongs to another way to validate (" + group->get_group() +
                                                 "); this is " + asked->get_group());
    }
  }
}

/// Options of all ways to validate but this one.
void refuse_shared(const CLI::App& app, const CLI::App* asked, bool by_table, bool by_recording, bool by_trace) {
  const auto without = [&](const char* name, bool has_none) {
    if (!has_none || app.get_option(name)->count() == 0) return;
    throw braid::Error(name, "means nothing here (" + asked->get_group() + ")");
  };
  without("SCENARIO", by_table || by_recording);
  without("--profile", by_recording);  // a recording holds scenario and profile as they were run
  without("--set", by_recording);
  without("--run", by_table || by_recording);
  without("--limits", by_table || by_trace);
}

std::vector<braid::Override> overrides_of(const Everything& all) {
  std::vector<braid::Override> overrides;
  for (const std::string& set : all.sets) overrides.push_back(braid::parse_override(set));
  if (!all.profile.empty() && !std::filesystem::exists(all.profile)) {
    throw braid::Error("--profile", "there is no file '" + all.profile + "'");
  }
  if (!all.profile.empty()) overrides.push_back({.path = "profile", .value = '"' + all.profile + '"'});
  return overrides;
}

int run(int argc, char** argv) {
  CLI::App app("Holds predictions against measured runs.", "braid-validate");
  Everything all;
  app.add_option("SCENARIO", all.scenario, "what is run, or what --trace was a run of")->type_name("FILE");
  app.add_option("--profile", all.profile, "another profile than the scenario's, or than the rules of the rows' GPU")
      ->type_name("FILE");
  each(app, "--set", all.sets, "change a field of the scenario, or of all rows': plan.microbatches=16", "FIELD=VALUE");
  list(app, "--run", all.runs, "only these runs of the scenario", "LABEL,LABEL");
  app.add_option("--limits", all.limits, "how far off is too far (default: validate/limits.toml as it was built in)")
      ->type_name("FILE");
  app.add_option("--out", all.out_dir,
                 "folder for report.html, report.json and traces; --trace: comparison.json, measured.json; --table: "
                 "rows.csv and the fitted profile.csv")
      ->type_name("DIR");
  app.add_flag("--json", all.json, "print JSON");
  CLI::App* runs = app.add_option_group("Run a scenario");
  add_run_options(*runs, all.run);
  CLI::App* recordings = app.add_option_group("Compare recordings");
  each(*recordings, "--recording", all.recordings.folders, "a recording, or a folder of them", "DIR");
  CLI::App* traces = app.add_option_group("Compare traces of others");
  add_trace_options(*traces, all.foreign);
  CLI::App* tables = app.add_option_group("Compare published step times");
  add_table_options(*tables, all.table);
  app.footer(
      "Exit codes: 0 within all limits; 2 a mistake; 3 beyond a limit; 4 a run that did not end or was not one of its "
      "program; 77 no GPU.\n"
      "Examples: braid validate my.toml --placement host\n"
      "          braid validate scenarios/validate/partition-2x2.toml --placement partition --sms 32 "
      "--calibrate-works\n"
      "          braid validate my.toml --run stp --trace 0=rank0.json.gz --trace 8=rank8.json.gz\n"
      "          braid validate --table runs.csv --where 'tp<=8' --fit run-1,run-7 --free gemm_efficiency");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // --help
    throw braid::Error("", std::string(e.what()) + "; see braid-validate --help");
  }
  refuse_empty(app);
  for (const CLI::App* group : {runs, recordings, traces, tables}) refuse_empty(*group);
  const bool by_table = !all.table.table.empty(), by_trace = !all.foreign.files.empty(),
             by_recording = !all.recordings.folders.empty();
  const CLI::App* asked = by_table ? tables : by_trace ? traces : by_recording ? recordings : runs;
  refuse_others(app, asked);
  refuse_shared(app, asked, by_table, by_recording, by_trace);
  if (!by_table && !by_recording && all.scenario.empty()) {
    throw braid::Error("",
                       "say what to validate: a scenario, --recording, --trace with a scenario, or --table; see "
                       "braid-validate --help");
  }
  if (by_table) {
    all.table.profile = all.profile, all.table.sets = all.sets, all.table.out_dir = all.out_dir,
    all.table.json = all.json;
    braid::table_command(all.table, std::cout, std::cerr);
    return 0;
  }
  if (by_recording) {
    all.recordings.limits = all.limits, all.recordings.out_dir = all.out_dir, all.recordings.json = all.json;
    return braid::recordings_command(all.recordings, std::cout, std::cerr);
  }
  if (by_trace) {
    all.foreign.scenario = all.scenario, all.foreign.overrides = overrides_of(all), all.foreign.out_dir = all.out_dir;
    all.foreign.json = all.json;
    if (all.runs.size() > 1) throw braid::Error("--run", "a trace is of one run");
    if (!all.runs.empty()) all.foreign.run = all.runs.front();
    braid::foreign_command(all.foreign, std::cout);
    return 0;
  }
  all.run.scenario = all.scenario, all.run.overrides = overrides_of(all), all.run.out_dir = all.out_dir;
  all.run.json = all.json, all.run.limits = all.limits, all.run.runs = all.runs;
  if (all.run.placement.empty()) throw braid::Error("--placement", "says where: partition, replay, multi or host");
  return braid::run_command(all.run, std::cout, std::cerr);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const braid::NoGpu& e) {
    std::cerr << "braid-validate: " << e.what() << '\n';
    return braid::kNoGpuCode;
  } catch (const braid::Error& e) {
    std::cerr << "braid-validate: " << e.what() << '\n';
    return kUserMistake;
  } catch (const std::exception& e) {
    std::cerr << "braid-validate: unexpected: " << e.what() << '\n';
    return 1;
  }
}
