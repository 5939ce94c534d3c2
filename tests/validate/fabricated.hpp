// SPDX-License-Identifier: Apache-2.0
// Measured runs that nobody measured: played by the engine at costs of the test's choosing, with jitter from repeat to
// repeat. For tests alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/scenario/scenario.hpp"
#include "validate/runner/measured_run.hpp"

namespace braid {

/// A scenario of 8 layers on four A100s, TP 2, PP 2, 8 microbatches, schedules 1f1b, zb-v and stp, ideal network.
inline const std::string kFabricatedScenario = R"(schema = 1
name = "fabricated"
network = "ideal"
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
nodes = 1
gpus_per_node = 4
intra_bandwidth = "300 GB/s"
intra_latency = "1 us"
nics_per_node = 4
nic_bandwidth = "200 Gbit/s"
inter_latency = "5 us"
[plan]
tp = 2
pp = 2
microbatches = 8
sequence = 2048
[[run]]
schedule = "1f1b"
[[run]]
schedule = "zb-v"
[[run]]
schedule = "stp"
)";

struct Fabrication {
  double jitter = 0;       ///< relative standard deviation of compute; not 0 unfolds
  int repeats = 5;         ///< of each kind
  double tracing = 0.005;  ///< traced over untraced - 1
  double memory = 1;       ///< measured over predicted peak
  std::string placement = "partition";
  std::uint64_t seed = 1;
};

/// A run on a machine where works really cost `real`.
MeasuredRun fabricated_run(const Program& program, const Costs& real, const Cluster& cluster, const Fabrication& how);

/// A program of the scenario with its costs.
struct Priced {
  Program program;
  Costs costs;
};
Priced priced(const Scenario& scenario, std::size_t run);

/// Every compute op of that class, or each class of communication if it is "communication", takes `factor` times as
/// long. Works that other classes share change as well.
Costs with_class_scaled(const Program& program, Costs costs, const std::string& class_name, double factor);

}  // namespace braid
