// SPDX-License-Identifier: Apache-2.0
// How many ops a second the engine plays on one core: an op is one op of one rank, folded copies do not count.
//
// Time is CPU time, user and system, of this process and of the child that runs SimGrid (one after the other, so that
// an idle machine's wall clock shows the same): a busy machine does not spoil the figure. The wall clock is beside it.
// Timed from Program and Costs to Timeline: planning the ranks, playing, the child process of SimGrid, writing spans.
// Reading the scenario, lowering and pricing are outside. Contention inside the GPUs is on. The `small` cases play a
// synthetic program once, for callgrind: it does not change when scenarios or cost rules do.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <chrono>
#include <string>
#include <vector>

#include "sim/cost/cost_program.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/engine/simgrid/simulate_simgrid.hpp"
#include "sim/program/lower.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/schedule/generators.hpp"
#include "tests/sim/engine/synthetic_program.hpp"

namespace braid {
namespace {

struct Case {
  Program program;
  Costs costs;
  Cluster cluster;
};

Case from_scenario(const std::string& file, const std::string& schedule, const std::vector<Override>& overrides = {}) {
  const Scenario scenario = read_scenario(BRAID_SOURCE_DIR "/scenarios/" + file, overrides);
  Run run = scenario.runs.front();
  run.schedule = schedule;
  Case made;
  made.program =
      lower(generate_schedule(schedule, {.stages = scenario.plan.pp, .microbatches = scenario.plan.microbatches}),
            scenario, run);
  made.cluster = scenario.cluster;
  made.costs = cost_program(made.program, made.cluster, default_profile(made.cluster.gpu));
  return made;
}

/// STP on 64 A100, TP 8 x PP 8, 128 microbatches of GPT-3 175B: bar 11.
Case stp_64() {
  return from_scenario("peers/gpt3-175b-a100-tp8pp8.toml", "stp", {{.path = "plan.microbatches", .value = "128"}});
}
/// STP on 1,024 H100, TP 8 x PP 16 x DP 8, 96 layers, 96 microbatches: bar 12.
Case stp_1024() { return from_scenario("sizing/stp-1024.toml", "stp"); }
/// GPT-3 175B on 64 A100, 64 microbatches, 1F1B: bar 13.
Case gpt3_64() { return from_scenario("peers/gpt3-175b-a100-tp8pp8.toml", "1f1b"); }
/// A tp group of 4 in nodes of 8: rings and messages share the ports, so that most transfers are flows.
Case small() {
  Synthetic s = synthetic_program({.placement = {.tp = 4, .pp = 4}, .microbatches = 16, .layers = 4, .stretch = 0.2});
  Cluster cluster;
  cluster.nodes = 2;
  cluster.intra_bandwidth = 200_GBps;
  cluster.nic_bandwidth = 25_GBps;
  return {.program = std::move(s.program), .costs = std::move(s.costs), .cluster = cluster};
}

std::size_t ops_of(const Timeline& timeline) {
  std::size_t ops = 0;
  for (const RankTimeline& rank : timeline.ranks) {
    for (const auto& lane : rank.lanes) ops += lane.size();
  }
  return ops;
}

double cpu_seconds() {
  double sum = 0;
  for (int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    for (const timeval& part : {usage.ru_utime, usage.ru_stime}) {
      sum += static_cast<double>(part.tv_sec) + 1e-6 * static_cast<double>(part.tv_usec);
    }
  }
  return sum;
}

using Simulate = Timeline (*)(const Program&, const Costs&, const Cluster&, const EngineOptions&);

void play(benchmark::State& state, Simulate simulate, Case (*make)(), bool fold) {
  const Case one = make();
  std::size_t ops = 0;
  std::uint64_t flows = 0;
  double wall = 0;
  for (auto _ : state) {
    const double cpu_before = cpu_seconds();
    const auto before = std::chrono::steady_clock::now();
    const Timeline timeline = simulate(one.program, one.costs, one.cluster, {.fold = fold});
    wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    state.SetIterationTime(cpu_seconds() - cpu_before);
    ops += ops_of(timeline);
    flows = timeline.flows;
  }
  state.counters["ops/s"] = benchmark::Counter(static_cast<double>(ops), benchmark::Counter::kIsRate);
  state.counters["ops"] = static_cast<double>(ops) / static_cast<double>(state.iterations());
  state.counters["wall_ms"] = 1e3 * wall / static_cast<double>(state.iterations());
  state.counters["flows"] = static_cast<double>(flows);
}

#define BRAID_ENGINE_BENCH(name, ...) \
  BENCHMARK_CAPTURE(play, name, __VA_ARGS__)->Unit(benchmark::kMillisecond)->UseManualTime()

BRAID_ENGINE_BENCH(stp_64_ideal_unfolded, simulate_ideal, stp_64, false);
BRAID_ENGINE_BENCH(stp_64_simgrid_unfolded, simulate_simgrid, stp_64, false);
BRAID_ENGINE_BENCH(stp_64_ideal_folded, simulate_ideal, stp_64, true);
BRAID_ENGINE_BENCH(stp_64_simgrid_folded, simulate_simgrid, stp_64, true);
BRAID_ENGINE_BENCH(stp_1024_simgrid_folded, simulate_simgrid, stp_1024, true);
BRAID_ENGINE_BENCH(stp_1024_simgrid_unfolded, simulate_simgrid, stp_1024, false)->Iterations(1);
BRAID_ENGINE_BENCH(gpt3_64_simgrid_unfolded, simulate_simgrid, gpt3_64, false);
BRAID_ENGINE_BENCH(small_ideal, simulate_ideal, small, false)->Iterations(1);
BRAID_ENGINE_BENCH(small_simgrid, simulate_simgrid, small, false)->Iterations(1);

}  // namespace
}  // namespace braid

BENCHMARK_MAIN();
