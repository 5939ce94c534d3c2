// SPDX-License-Identifier: Apache-2.0
// How many ops a second the engine plays on one core: an op is one op of one rank, folded copies do not count.
//
// The program is synthetic (1F1B over layers of compute and all-reduces with contention on), so that the figure is the
// engine's alone; it includes planning the ranks and writing the Timeline.
#include <benchmark/benchmark.h>

#include "sim/engine/core/simulate.hpp"
#include "sim/engine/simgrid/simulate_simgrid.hpp"
#include "tests/sim/engine/synthetic_program.hpp"

namespace braid {
namespace {

/// DGX-like: 8 GPUs a node with a NIC each, rail-optimised, in one leaf group.
Cluster cluster_of(int nodes) {
  Cluster cluster;
  cluster.nodes = nodes;
  cluster.gpus_per_node = 8;
  cluster.nics_per_node = 8;
  cluster.intra_bandwidth = 200_GBps;
  cluster.nic_bandwidth = 25_GBps;
  return cluster;
}

std::size_t ops_of(const Timeline& timeline) {
  std::size_t ops = 0;
  for (const RankTimeline& rank : timeline.ranks) {
    for (const auto& lane : rank.lanes) ops += lane.size();
  }
  return ops;
}

using Simulate = Timeline (*)(const Program&, const Costs&, const Cluster&, const EngineOptions&);

void play(benchmark::State& state, Simulate simulate, const SyntheticShape& shape, const EngineOptions& options) {
  const Synthetic s = synthetic_program(shape);
  const Cluster cluster = cluster_of((shape.placement.ranks() + 7) / 8);
  std::size_t ops = 0;
  std::uint64_t flows = 0;
  for (auto _ : state) {
    const Timeline timeline = simulate(s.program, s.costs, cluster, options);
    ops += ops_of(timeline);
    flows = timeline.flows;
  }
  state.counters["ops/s"] = benchmark::Counter(static_cast<double>(ops), benchmark::Counter::kIsRate);
  state.counters["ops"] = static_cast<double>(ops) / static_cast<double>(state.iterations());
  state.counters["flows"] = static_cast<double>(flows);
}

const SyntheticShape kBar11{.placement = {.tp = 8, .pp = 8}, .microbatches = 128, .layers = 10, .stretch = 0.2};
const SyntheticShape kSmall{.placement = {.tp = 4, .pp = 4}, .microbatches = 16, .layers = 4, .stretch = 0.2};

void ideal_unfolded(benchmark::State& state) { play(state, simulate_ideal, kBar11, {.fold = false}); }
void ideal_folded(benchmark::State& state) { play(state, simulate_ideal, kBar11, {}); }
void ideal_small(benchmark::State& state) { play(state, simulate_ideal, kSmall, {.fold = false}); }

void simgrid_unfolded(benchmark::State& state) { play(state, simulate_simgrid, kBar11, {.fold = false}); }
void simgrid_folded(benchmark::State& state) { play(state, simulate_simgrid, kBar11, {}); }
void simgrid_small(benchmark::State& state) { play(state, simulate_simgrid, kSmall, {.fold = false}); }

BENCHMARK(ideal_unfolded)->Unit(benchmark::kMillisecond);
BENCHMARK(ideal_folded)->Unit(benchmark::kMillisecond);
BENCHMARK(ideal_small)->Unit(benchmark::kMillisecond);

BENCHMARK(simgrid_unfolded)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(simgrid_folded)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(simgrid_small)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace braid

BENCHMARK_MAIN();
