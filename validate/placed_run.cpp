// SPDX-License-Identifier: Apache-2.0
#include "validate/placed_run.hpp"

#include <fmt/format.h>

#include "validate/gpu_runners.hpp"
#include "validate/runner/fault.hpp"
#include "validate/runner/host_runner.hpp"

namespace braid {
namespace {

bool on_host(const RunOptions& options) { return options.placement == "host"; }

std::unique_ptr<Runner> host_runner_of(const RunOptions& options, const Plan& plan) {
  HostOptions host{.unfolded = !plan.fold, .jitter = options.jitter};
  for (const std::string& fault : options.faults) host.faults.push_back(parse_fault(fault));
  return host_runner(std::move(host));
}

gpu::GpuRunnerOptions gpu_options(const RunOptions& options, const Profile& profile) {
  using gpu::GpuPlacement;
  const GpuPlacement placement = options.placement == "replay"  ? GpuPlacement::replay
                                 : options.placement == "multi" ? GpuPlacement::multi
                                                                : GpuPlacement::partition;
  gpu::GpuRunnerOptions gpu{.placement = placement, .sms = options.sms};
  if (placement == GpuPlacement::replay) {  // what stands for the peers' kernels holds what the profile says they hold
    gpu.collective_ctas = static_cast<int>(profile.parameters.comm_ctas);
    gpu.message_ctas = static_cast<int>(profile.parameters.message_ctas);
  }
  return gpu;
}

}  // namespace

PlacedRun run_placed(const RunOptions& options, const Scenario& scenario, const Run& run, const Profile& profile) {
  // Ranks on GPUs of their own are measured one by one, and so they are predicted.
  Scenario placed = scenario;
  if (options.placement == "partition" || options.placement == "multi" || options.unfolded) placed.plan.fold = false;
  PlacedRun result;
  Prediction& prediction = result.prediction;
  prediction = predict(placed, run, profile, replayed_rank(options));
  const auto request = [&] {
    return RunRequest{.program = prediction.program,
                      .costs = prediction.costs,
                      .cluster = placed.cluster,
                      .warm_up = options.warm_up,
                      .repeats = options.repeats,
                      .time_limit_s = options.time_limit_s};
  };
  std::vector<std::string> works_notes;
  if (options.calibrate_works) {
    const MeasuredWorks works = measure_works(gpu_options(options, profile), request());
    result.works_csv = works_csv(prediction.program, works);
    prediction = with_works(std::move(prediction), works, placed);
    works_notes = works.notes;
  }
  const std::unique_ptr<Runner> runner =
      on_host(options) ? host_runner_of(options, placed.plan) : gpu_runner(gpu_options(options, profile));
  result.measured = runner->run(request());
  result.measured.notes.insert(result.measured.notes.end(), works_notes.begin(), works_notes.end());
  if (on_host(options)) {
    // A fact and not a note: facts stand above the figures that the report calls measured.
    result.measured.timeline.provenance.facts["clock"] =
        "virtual; nothing was measured, CPU threads played the predicted durations";
    if (!options.faults.empty()) result.measured.notes.push_back("a fault was played, and the run is none the worse");
  }
  if (scenario.noise.jitter != 0) {
    result.measured.notes.push_back("the prediction leaves out the scenario's noise.jitter");
  }
  return result;
}

std::optional<int> replayed_rank(const RunOptions& options) {
  if (options.placement != "replay") return std::nullopt;
  return options.rank.value_or(0);
}

Bytes memory_of_rank(const RunOptions& options, const Scenario& scenario) {
  if (on_host(options)) return scenario.cluster.gpu.memory;
  const Bytes memory = gpu_memory();
  return options.placement == "partition" ? memory / scenario.placement().ranks() : memory;
}

std::vector<Issue> check(const RunOptions& options) {
  for (const std::string& fault : options.faults) parse_fault(fault);  // throws
  std::vector<Issue> issues;
  const auto only = [&](bool given, const char* flag, const char* placement) {
    if (given && options.placement != placement) {
      issues.push_back({flag, fmt::format("belongs to --placement {}, not {}", placement, options.placement)});
    }
  };
  only(!options.faults.empty(), "--fault", "host");
  only(options.unfolded, "--unfolded", "host");
  only(options.jitter != 0, "--jitter", "host");
  only(options.rank.has_value(), "--rank", "replay");
  only(options.sms != 0, "--sms", "partition");
  if (options.calibrate_works && options.placement != "partition" && options.placement != "replay") {
    issues.push_back({"--calibrate-works", "belongs to --placement partition and replay"});
  }
  if (!options.record_dir.empty() && on_host(options)) {
    issues.push_back({"--record", "keeps what was measured on a GPU; --placement host measures nothing"});
  }
  if (options.rank && *options.rank < 0) issues.push_back({"--rank", "is a pipeline rank, from 0"});
  if (options.sms < 0) issues.push_back({"--sms", "is a number of SMs"});
  if (!(options.jitter >= 0 && options.jitter <= 0.5)) issues.push_back({"--jitter", "is a number from 0 to 0.5"});
  if (options.repeats < 1 || options.repeats > 1000) issues.push_back({"--repeats", "is a number from 1 to 1000"});
  if (options.warm_up < 0 || options.warm_up > 1000) issues.push_back({"--warm-up", "is a number from 0 to 1000"});
  if (!(options.time_limit_s > 0 && options.time_limit_s <= 3600)) {
    issues.push_back({"--time-limit", "is a number of seconds up to 3600"});
  }
  return issues;
}

}  // namespace braid
