// SPDX-License-Identifier: Apache-2.0
// `braid sweep`: expand, screen, refine, say what was found; `braid sweep merge`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "sim/app/open_store.hpp"
#include "sim/app/slurm_command.hpp"
#include "sim/app/stop_signals.hpp"
#include "sim/app/sweep_commands.hpp"
#include "sim/app/sweep_progress.hpp"
#include "sim/app/sweep_summary.hpp"
#include "sim/base/error.hpp"
#include "sim/base/output_folder.hpp"
#include "sim/sweep/run/run_sweep.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

struct SweepCommand {
  std::string file;
  std::string store;
  std::vector<std::string> sets;
  int jobs = 0;
  std::string time_limit, memory_limit;
  std::optional<int> refine;
  std::optional<std::string> shard;
  bool alone = false, fresh = false, retry = false, json = false, quiet = false, progress = false;
  SlurmOptions slurm;
  std::string merged;
  std::vector<std::string> parts;
};

ProgressStyle style_of(const SweepCommand& command) {
  if (command.progress) return ProgressStyle::lines;
  return command.quiet ? ProgressStyle::none : ProgressStyle::bar;
}

/// "3/16" as 3 and 16.
std::pair<int, int> parse_shard(const std::string& text) {
  int shard = 0, shards = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, shards) : first;
  if (!slash || second.ec != std::errc() || second.ptr != end || shard < 1 || shard > shards)
    throw Error("--shard", fmt::format("'{}' is not I/N with I from 1 to N, such as 3/16", text));
  return {shard, shards};
}

SweepOptions options_of(const SweepCommand& command) {
  SweepOptions options;
  if (command.jobs < 0) throw Error("--jobs", "is a number of processes, or 0 for one a processor");
  options.limits.jobs = command.jobs;
  if (!command.time_limit.empty()) options.limits.time = parse_seconds(command.time_limit, "--time-limit");
  if (!command.memory_limit.empty()) options.limits.memory = parse_bytes(command.memory_limit, "--memory-limit");
  if (options.limits.memory < Bytes(0)) throw Error("--memory-limit", "is a size, or 0B for no limit");
  if (options.limits.time <= Seconds(0)) throw Error("--time-limit", "nothing takes no time; say 60s");
  if (command.shard) std::tie(options.shard, options.shards) = parse_shard(*command.shard);
  return options;
}

std::string store_of(const SweepCommand& command, const Sweep& sweep) {
  if (!command.store.empty()) return command.store;
  const std::string shard = command.shard ? "-" + file_name(*command.shard) : "";
  return (fs::path("out") / (file_name(sweep.name) + shard + ".db")).string();
}

/// What a task of Slurm has to know of the command.
SlurmSweep slurm_sweep(const SweepCommand& command, const Sweep& sweep, const WorkerLimits& limits) {
  if (command.fresh)
    throw Error("--fresh", "a task that Slurm starts again would begin anew; empty the folder instead");
  if (command.retry)
    throw Error("--retry", "a task that Slurm starts again would begin anew; retry on the merged store");
  SlurmSweep job{.name = sweep.name,
                 .sweep = command.file,
                 .store = store_of(command, sweep),
                 .jobs = std::max(limits.jobs, 1),
                 .memory = limits.memory};
  job.folder = slurm_folder(job.store);
  for (const std::string& set : command.sets) job.options.insert(job.options.end(), {"--set", set});
  if (!command.time_limit.empty()) job.options.insert(job.options.end(), {"--time-limit", command.time_limit});
  if (!command.memory_limit.empty()) job.options.insert(job.options.end(), {"--memory-limit", command.memory_limit});
  if (command.refine) job.options.insert(job.options.end(), {"--refine", std::to_string(*command.refine)});
  return job;
}

void sweep(const SweepCommand& command) {
  if (command.file.empty()) throw Error("sweep", "name a sweep file (TOML); see braid sweep --help");
  SweepOptions options = options_of(command);
  std::vector<Override> overrides;
  for (const std::string& text : command.sets) overrides.push_back(parse_override(text));
  Sweep sweep = read_sweep(command.file, overrides);
  if (command.refine) sweep.refine = *command.refine;
  if (sweep.refine < 0) throw Error("--refine", "is how many of the best are played again, 0 or more");
  if (command.slurm.tasks) {
    const auto points = static_cast<std::int64_t>(expand(sweep).points.size());
    return submit_sweep(slurm_sweep(command, sweep, options.limits), command.slurm, points, std::cout);
  }
  SweepSummary summary{.name = sweep.name, .store = store_of(command, sweep)};
  const auto mode = command.alone ? SweepStore::Mode::write_alone : SweepStore::Mode::write;
  SweepStore store = open_store(summary.store, command.fresh, mode);
  if (command.retry) store.forget_failed();
  {
    SweepTicker ticker(style_of(command));
    std::optional<StopSignals> signals;  // from the first call on: what comes before needs no care
    options.progress = [&](const SweepProgress& progress) {
      if (!signals) signals.emplace();
      ticker.tell(progress);
      return !signals->asked();
    };
    summary.outcome = run_sweep(sweep, store, options);
  }
  summary.rows = store.all(true);
  summary.same = same_as_others(store, summary.rows);
  if (summary.outcome.stopped) {
    fmt::print(stderr, "braid: stopped; {} of {} configurations are in {}: the same command goes on from there\n",
               summary.outcome.screened.done, summary.outcome.screened.points, summary.store);
    throw Stopped{};
  }
  if (command.json) {
    std::cout << to_json(summary);
  } else if (!command.quiet) {
    if (sweep.product() == 1) std::cout << kNothingSwept;
    std::cout << to_text(summary);
  }
}

void merge(const SweepCommand& command) {
  const std::int64_t rows = merge_stores(command.parts, command.merged);
  if (command.quiet) return;
  const SweepStore merged(command.merged, SweepStore::Mode::read);
  const std::vector<Configuration> there = merged.all(true);
  const std::int64_t same = same_as_others(merged, there), missing = missing_points(merged, there);
  std::cout << fmt::format("{} configurations in {}{}\n", rows, command.merged,
                           same > 0 ? fmt::format("; {} more points are the same as one of them", same) : "");
  if (missing > 0) {
    std::cout << fmt::format("{} of the {} points of the sweep are missing: merge the other shards, too\n", missing,
                             merged.fact("points"));
  }
}

}  // namespace

void add_sweep_command(CLI::App& app, std::function<void()>& chosen) {
  const auto command = std::make_shared<SweepCommand>();
  CLI::App* all = app.add_subcommand("sweep", "play a scenario at every point of a sweep; go on where it was stopped");
  all->add_option("FILE", command->file, "a sweep (TOML)");
  all->add_option("--store", command->store, "SQLite file for the results (default: out/<name of the sweep>.db)")
      ->type_name("FILE");
  all->add_option("--set", command->sets, "override a field of the scenario, before what the sweep chooses")
      ->type_name("FIELD=VALUE")
      ->allow_extra_args(false);
  all->add_option("--jobs", command->jobs, "worker processes (default: one a processor)")->type_name("N");
  all->add_option("--time-limit", command->time_limit, "for one configuration (default: 600s)")->type_name("TIME");
  all->add_option("--memory-limit", command->memory_limit, "for one worker (default: 4GB)")->type_name("SIZE");
  all->add_option("--refine", command->refine, "play so many of the best again, by units on the scenario's network")
      ->type_name("N");
  CLI::Option* shard =
      all->add_option("--shard", command->shard, "only every N-th configuration, from the I-th on")->type_name("I/N");
  add_slurm_options(*all, command->slurm)->excludes(shard);
  all->add_flag("--alone", command->alone,
                "nobody else can read the store meanwhile: for file systems of many machines (NFS, Lustre)");
  all->add_flag("--fresh", command->fresh, "empty the store first");
  all->add_flag("--retry", command->retry, "play again what failed: took too long or too much memory, was ended");
  all->add_flag("--json", command->json, "print the summary as JSON");
  all->add_flag("--quiet", command->quiet, "no progress, no summary");
  all->add_flag("--progress", command->progress, "lines on stderr for a program that waits: progress SHARE WHAT");
  all->footer(
      "Examples: braid sweep scenarios/sizing/llama3-70b-10k.sweep.toml --jobs 2\n"
      "          braid sweep my.toml --shard 1/4 --store a.db && braid sweep merge all.db a.db b.db c.db d.db");
  CLI::App* merging = all->add_subcommand("merge", "put the stores of shards together");
  merging->add_option("OUT", command->merged, "the store that gets all rows; made if it is not there")->required();
  merging->add_option("PART", command->parts, "stores of the same sweep")->required();
  merging->add_flag("--quiet", command->quiet, "say nothing");
  all->callback([all, merging, command, &chosen] {
    chosen = [command, merged = merging->parsed()] { merged ? merge(*command) : sweep(*command); };
  });
}

}  // namespace braid
