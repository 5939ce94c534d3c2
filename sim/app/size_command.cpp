// SPDX-License-Identifier: Apache-2.0
// `braid size`: decide what was left open, search each offer of GPUs, say what to take and why.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "sim/app/open_store.hpp"
#include "sim/app/stop_signals.hpp"
#include "sim/app/sweep_commands.hpp"
#include "sim/app/sweep_progress.hpp"
#include "sim/base/output_folder.hpp"
#include "sim/sweep/size/answer.hpp"

namespace braid {
namespace {

namespace fs = std::filesystem;

struct SizeCommand {
  SizeRequest request;
  std::vector<std::string> gpus;
  std::string tokens, deadline, budget, batch, sequence, availability, memory_margin;
  std::string store;
  int top = 5;
  int jobs = 0;
  std::string time_limit, memory_limit;
  bool fresh = false, json = false, quiet = false, progress = false;
};

/// A whole number written out: 8k is 8000 to some and 8192 to others.
int tokens_of_sequence(const std::string& text) {
  int tokens = 0;
  const auto [behind, fault] = std::from_chars(text.data(), text.data() + text.size(), tokens);
  if (fault == std::errc() && behind == text.data() + text.size()) return tokens;
  throw Error("--sequence", fmt::format("'{}' is no number of tokens; write it out: 8192", text));
}

/// "0.9" or "90%".
double share_of(const std::string& text) {
  double share = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, fault] = std::from_chars(text.data(), end, share);
  const std::string_view unit(behind, static_cast<std::size_t>(end - behind));
  if (fault == std::errc() && unit.empty()) return share;
  if (fault == std::errc() && (unit == "%" || unit == " %")) return share / 100;
  throw Error("--availability", fmt::format("'{}' is no share of the time; write 0.9 or 90%", text));
}

SizeRequest request_of(const SizeCommand& command) {
  SizeRequest request = command.request;
  for (const std::string& text : command.gpus) {
    for (GpuOffer& offer : parse_offers(text, "--gpus")) request.offers.push_back(std::move(offer));
  }
  if (!command.tokens.empty()) request.tokens = parse_count(command.tokens, "tokens", "--tokens");
  if (!command.batch.empty()) request.batch_tokens = parse_count(command.batch, "tokens", "--batch");
  if (!command.sequence.empty()) request.sequence = tokens_of_sequence(command.sequence);
  if (!command.availability.empty()) request.availability = share_of(command.availability);
  if (!command.memory_margin.empty()) {
    // "0" has no unit, and parse_bytes() asks for more than nothing.
    request.memory_margin =
        command.memory_margin == "0" ? 0 : parse_bytes(command.memory_margin, "--memory-margin").value;
  }
  if (!command.deadline.empty()) request.deadline_s = parse_long_time(command.deadline, "--deadline");
  if (!command.budget.empty()) request.budget = parse_money(command.budget, "--budget");
  if (command.top < 1) throw Error("--top", "is how many plans are shown, 1 or more");
  return request;
}

/// One store an offer. What is left of an older question has another name: what a plan's scenario says beside the
/// choice must be the same in all rows of a store.
std::string store_of(const SizeCommand& command, const SizeTask& task, const OfferedCluster& offer) {
  const std::string what =
      fmt::format("{}-{}-{}", task.model.name, offer.cluster.gpus(), fs::path(offer.path).stem().string());
  if (command.store.empty()) {
    return (fs::path("out") / file_name(fmt::format("size-{}-s{}.db", what, task.sequence))).string();
  }
  if (task.offers.size() == 1) return command.store;
  const fs::path path = command.store;
  return (path.parent_path() / file_name(path.stem().string() + "-" + what + path.extension().string())).string();
}

ProgressStyle style_of(const SizeCommand& command) {
  if (command.progress) return ProgressStyle::lines;
  return command.quiet || command.json ? ProgressStyle::none : ProgressStyle::bar;
}

/// Searches one offer; the store is open to others again when this returns.
OfferRows searched(const SizeCommand& command, const SizeTask& task, const OfferedCluster& offer) {
  const Sweep sweep = size_sweep(task, offer);
  const std::string path = store_of(command, task, offer);
  SweepOptions options;
  options.limits.jobs = command.jobs;
  if (!command.time_limit.empty()) options.limits.time = parse_seconds(command.time_limit, "--time-limit");
  if (!command.memory_limit.empty()) options.limits.memory = parse_bytes(command.memory_limit, "--memory-limit");
  if (options.limits.time <= Seconds(0)) throw Error("--time-limit", "nothing takes no time; say 60s");
  SweepStore store = open_store(path, command.fresh);
  SweepOutcome outcome;
  {
    SweepTicker ticker(style_of(command));
    std::optional<StopSignals> signals;
    options.progress = [&](const SweepProgress& progress) {
      if (!signals) signals.emplace();
      ticker.tell(progress);
      return !signals->asked();
    };
    outcome = run_sweep(sweep, store, options);
  }
  if (outcome.stopped) {
    fmt::print(stderr, "braid: stopped; {} of {} plans are in {}: the same command goes on from there\n",
               outcome.screened.done, outcome.screened.points, path);
    throw Stopped{};
  }
  return {.rows = store.all(true),
          .whole = [path](const Configuration& row) { return SweepStore(path, SweepStore::Mode::read).at(row.id); }};
}

void size(const SizeCommand& command) {
  if (command.jobs < 0) throw Error("--jobs", "is a number of processes, or 0 for one a processor");
  const SizeTask task = decide(request_of(command), scenarios_folder());
  std::vector<OfferRows> rows;
  for (const OfferedCluster& offer : task.offers) rows.push_back(searched(command, task, offer));
  SizeAnswer found = answer(task, rows, static_cast<std::size_t>(command.top));
  turn_knobs(rows, found);
  if (command.json) {
    std::cout << to_json(task, found);
    return;
  }
  std::cout << to_text(task, found);
  if (command.quiet) return;
  for (const OfferedCluster& offer : task.offers) {
    std::cout << fmt::format("all plans: {}; braid report shows them\n", store_of(command, task, offer));
  }
}

}  // namespace

void add_size_command(CLI::App& app, std::function<void()>& chosen) {
  const auto command = std::make_shared<SizeCommand>();
  SizeRequest& request = command->request;
  CLI::App* size_app = app.add_subcommand("size", "which plan, schedule and cluster to take for a model, and its cost");
  size_app->add_option("MODEL", request.model, "a model of `braid list models`, or its file")->required();
  size_app->add_option("--gpus", command->gpus, "h100:512, or several to choose from: h100:256,512 a100:1024")
      ->type_name("KIND:COUNT")
      ->required();
  size_app->add_option("--tokens", command->tokens, "to train on, such as 15T (default: 20 a parameter)");
  size_app->add_option("--deadline", command->deadline, "such as 60d, 12h, 8w")->type_name("TIME");
  size_app->add_option("--budget", command->budget, "such as 3M$, in the currency of the prices")->type_name("MONEY");
  size_app->add_option("--batch", command->batch, "tokens a step, such as 4M")->type_name("TOKENS");
  size_app->add_option("--sequence", command->sequence, "tokens a sequence (default: 8192)")->type_name("TOKENS");
  size_app->add_option("--availability", command->availability, "share of the time that it trains (default: 1)")
      ->type_name("SHARE");
  size_app->add_option("--memory-margin", command->memory_margin, "to stay free on each GPU (default: 6GB)")
      ->type_name("SIZE");
  size_app
      ->add_option("--profile", request.profile,
                   "costs measured on the GPU; \"rules\": data sheet alone (default: the GPU's in scenarios/profiles)")
      ->type_name("FILE");
  size_app->add_option("--schedules", request.schedules, "to choose from (default: 1f1b,1f1b-i,zb-h1,zb-v,stp)")
      ->delimiter(',')
      ->type_name("NAMES");
  size_app->add_option("--top", command->top, "how many of the best are shown")->capture_default_str();
  size_app
      ->add_option("--refine", request.refine,
                   "how many of the best are replayed by units on the network (default: 20, or 3 on many GPUs)")
      ->type_name("N");
  size_app->add_option("--jobs", command->jobs, "worker processes (default: one a processor)")->type_name("N");
  size_app->add_option("--time-limit", command->time_limit, "for one plan (default: 600s)")->type_name("TIME");
  size_app->add_option("--memory-limit", command->memory_limit, "for one worker (default: 4GB)")->type_name("SIZE");
  size_app->add_option("--store", command->store, "file for all plans; the same question goes on there (default: out/)")
      ->type_name("FILE");
  size_app->add_flag("--fresh", command->fresh, "empty the store first");
  size_app->add_flag("--json", command->json, "print the answer as JSON");
  size_app->add_flag("--quiet", command->quiet, "no progress, no names of files");
  size_app->add_flag("--progress", command->progress, "lines on stderr for a program that waits");
  size_app->footer("Example: braid size llama3-70b --gpus h100:512 --tokens 15T --deadline 60d --budget '3M$'");
  size_app->callback([command, &chosen] { chosen = [command] { size(*command); }; });
}

}  // namespace braid
