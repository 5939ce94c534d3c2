// SPDX-License-Identifier: Apache-2.0
// Plays for tests: every timeline that comes out of here has passed verify().
#pragma once

#include <string>

#include "sim/app/abstract_play.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/play/play.hpp"
#include "sim/scenario/scenario.hpp"

namespace braid::test {

/// The schedule at abstract costs; fails the test if the timeline is no run of its program.
AbstractPlay verified_play(const Schedule& schedule, const CellCosts& costs = {}, P2pMode mode = P2pMode::eager);

/// One run of a scenario as `braid simulate` plays it, with the profile that the scenario asks for.
PlayedRun verified_play(const Scenario& scenario, const Run& run);

/// The same with engine options of the test's own and a network of its choice.
PlayedRun verified_play(const Scenario& scenario, const Run& run, NetworkKind network, const EngineOptions& options);

/// On every rank busy + stretch + all causes is the step to 1e-9 of it, and without any one cause that is not zero it
/// is not. Returns how many causes there were in all that could be dropped.
int expect_every_second_accounted_for(const PlayedRun& played);

/// Eight layers on two nodes of four GPUs, TP 2, PP 2, DP 2, with 1F1B-I, ZB-V and STP as runs; ops of milliseconds.
/// Line 1 is `schema`.
inline const std::string kThreeRuns = R"(schema = 1
name = "three-runs"
network = "simgrid"
[model]
name = "m"
layers = 8
hidden = 2048
heads = 16
kv_heads = 4
ffn = 5632
vocab = 32000
[cluster]
name = "c"
gpu = "A100-80G"
nodes = 2
gpus_per_node = 4
intra = "nvswitch"
intra_bandwidth = "300 GB/s"
intra_latency = "1 us"
nics_per_node = 2
nic_bandwidth = "200 Gbit/s"
inter_latency = "5 us"
[plan]
tp = 2
pp = 2
dp = 2
microbatches = 8
sequence = 2048
[step_end]
bucket = "100 MB"
[[run]]
schedule = "1f1b-i"
chunks = 2
[[run]]
schedule = "zb-v"
[[run]]
schedule = "stp"
p2p = "batched"
async_all_reduce = "whole"
)";

}  // namespace braid::test
