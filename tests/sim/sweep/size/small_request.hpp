// SPDX-License-Identifier: Apache-2.0
// A question about a small model, answered from the files that ship with Braid, or from rows that were made up.
#pragma once

#include <string>

#include "sim/sweep/plan/expand.hpp"
#include "sim/sweep/size/answer.hpp"

namespace braid {

inline const std::string kScenarios = BRAID_SOURCE_DIR "/scenarios";

/// 1024 sequences of 4096 tokens a step.
inline SizeRequest small_request() {
  return {.model = "llama3-8b",
          .offers = {{.gpu = "h100", .count = 16}},
          .tokens = 1e12,
          .batch_tokens = 1024.0 * 4096,
          .sequence = 4096};
}

/// 10 GPUs at 2 USD an hour and 1000 W, 80 GB each; a batch is 1000 samples of 100 tokens.
inline SizeTask made_up_task() {
  SizeTask task{.tokens = 1e12, .sequence = 100, .batch_samples = 1000};
  task.model.name = "m";
  OfferedCluster offer{.asked = {.gpu = "x", .count = 10}};
  offer.cluster.gpu.name = "X";
  offer.cluster.gpu.memory = Bytes(80e9);
  offer.cluster.nodes = 5;
  offer.cluster.gpus_per_node = 2;
  offer.cluster.gpu_hour_price = 2;
  offer.cluster.currency = "USD";
  offer.cluster.price_source = "a list";
  offer.cluster.gpu_watts = 1000;
  offer.cluster.power_source = "a data sheet";
  task.offers = {offer};
  return task;
}

/// A row that was screened and fits: step in seconds, memory in GB, all of the step computing.
inline Configuration made_up_row(std::int64_t point, const std::string& run, double step, double memory) {
  return {.id = point + 1,
          .point = point,
          .choice = R"({"plan.recompute":"none","step_end.data_parallel":"zero1","run":")" + run + "\"}",
          .run = run,
          .schedule = run,
          .gpu = "X",
          .tp = 2,
          .pp = 5,
          .network = "ideal",
          .grain = "block",
          .step_time_s = step,
          .screened_step_time_s = step,
          .tokens_per_s = 1000 * 100 / step,
          .busy_s = step,
          .peak_memory_bytes = memory * 1e9,
          .fits = memory <= 80,
          .gpus = 10};
}

inline Configuration refined(Configuration row, double step) {
  row.tokens_per_s *= row.step_time_s / step;
  row.step_time_s = row.busy_s = step;
  row.grain = "unit";
  row.network = "simgrid";
  return row;
}

/// A row with a scenario that can be played, whatever row is asked for.
inline Configuration whole_small_row(const Configuration& row) {
  const SizeTask task = decide(small_request(), kScenarios);
  const Sweep sweep = size_sweep(task, task.offers[0]);
  const std::vector<std::int64_t> points = expand(sweep).points;
  Configuration whole = row;
  for (const std::int64_t point : points) {
    const Choice choice = choice_of(sweep, point);
    if (scenario_at(sweep, choice).plan.tp != 8) continue;
    whole.scenario = as_one_text(sweep.scenario, sweep.scenario_path, choice.overrides);
    whole.run = choice.run;
    return whole;
  }
  return whole;
}

inline std::string fault_of(const SizeRequest& request, const std::string& folder = kScenarios) {
  try {
    decide(request, folder);
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

}  // namespace braid
