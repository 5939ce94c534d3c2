// SPDX-License-Identifier: Apache-2.0
// A comparison of two runs with round numbers, for the tests of what is written.
#pragma once

#include "sim/report/report.hpp"

namespace braid::tiny {

inline RunReport round_report() {
  RunReport run;
  run.schedule = "1f1b-i";
  run.step_time = Seconds(2);
  run.samples_per_s = 4;
  run.tokens_per_s_per_gpu = 1000;
  run.mfu = 0.5;
  run.bubble_global = Seconds(0.5);
  run.bubble_span = Seconds(0.25);
  run.idle[static_cast<std::size_t>(Cause::tp)] = {Seconds(0.3), Seconds(0.4), 1};
  run.idle[static_cast<std::size_t>(Cause::warm_up)] = {Seconds(0.15), Seconds(0.3), 1};
  run.idle[static_cast<std::size_t>(Cause::host)] = {Seconds(0.05), Seconds(0.1), 0};
  run.busy = {Seconds(1.25), Seconds(1.5), 0};
  run.stretch = {Seconds(0.25), Seconds(0.25), 0};
  run.exposed_communication = {Seconds(0.125), Seconds(0.2), 1};
  run.peak = {
      .rank = 1, .bytes = Bytes(90e9), .time = Seconds(1), .by_class = {Bytes(30e9), Bytes(20e9), {}, Bytes(40e9), {}}};
  run.gpu_memory = Bytes(80e9);
  run.ops = 1234;
  run.flows = 56;
  run.gpus = 16;
  run.folded = 8;
  run.wall_s = 0.75;
  run.ranks.resize(2);
  run.ranks[1].rank = 1;
  run.peaks = {run.peak, run.peak};
  run.notes = {"a note"};
  run.provenance = {{"kind", "simulated"}, {"gpu", "A800"}};
  return run;
}

inline Comparison round_comparison() {
  Comparison comparison{.scenario = "round", .runs = {round_report(), round_report()}};
  RunReport& faster = comparison.runs[1];
  faster.schedule = "stp";
  faster.samples_per_s = 5;
  faster.step_time = Seconds(1.6);
  faster.gpu_memory = Bytes(96e9);
  return comparison;
}

}  // namespace braid::tiny
