// SPDX-License-Identifier: Apache-2.0
#include "tests/validate/runner/every_schedule.hpp"

#include <algorithm>

#include "sim/base/mode_names.hpp"
#include "sim/cost/cost_program.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/schedule/generators.hpp"

namespace braid::test {
namespace {

/// Of the order of a small op, so that some ops wait for the host and others do not.
constexpr double kLaunch = 20e-6;

constexpr const char* kSmall = R"(schema = 1
name = "small"
network = "ideal"
[model]
name = "m"
layers = 32
hidden = 1024
heads = 16
kv_heads = 4
ffn = 2816
vocab = 32000
[cluster]
name = "c"
gpu = "A100-80G"
nodes = 8
gpus_per_node = 4
intra = "nvswitch"
intra_bandwidth = "300 GB/s"
intra_latency = "1 us"
nics_per_node = 4
nic_bandwidth = "200 Gbit/s"
inter_latency = "5 us"
[plan]
tp = 2
pp = 2
dp = 1
microbatches = 8
sequence = 1024
[step_end]
bucket = "100 MB"
[[run]]
schedule = "gpipe"
async_all_reduce = "whole"
)";

}  // namespace

std::string name_of(const ScheduleCase& c) {
  std::string name = c.schedule + "_p" + std::to_string(c.p) + "_" + to_text(c.p2p);
  std::ranges::replace(name, '-', '_');
  return name;
}

void PrintTo(const ScheduleCase& c, std::ostream* out) { *out << name_of(c); }

std::vector<ScheduleCase> every_schedule() {
  std::vector<ScheduleCase> cases;
  for (const GeneratorEntry& entry : generators()) {
    for (const int p : {2, 4, 8}) {
      for (const P2pMode mode : {P2pMode::eager, P2pMode::batched}) {
        cases.push_back({.schedule = entry.name, .p = p, .m = 4 * p, .p2p = mode});
      }
    }
  }
  return cases;
}

Priced abstract_case(const ScheduleCase& c) {
  const Schedule schedule = generate_schedule(c.schedule, {.stages = c.p, .microbatches = c.m});
  Priced made{.program = lower_cells(schedule, {.f = 1, .i = 1.1, .w = 0.9, .all_reduce = 0.3, .p2p = 0.05}, c.p2p)};
  for (const WorkItem& work : made.program.works) {
    const bool message = work.kind == WorkKind::message;
    made.costs.duration.push_back(message ? Seconds(0) : work.fixed);
    made.costs.collective.emplace_back();
    made.costs.message.emplace_back();
    if (message) made.costs.message.back().fill({.latency = work.fixed, .transfer = Seconds(0)});
    made.costs.stretch.emplace_back(made.program.works.size(), 0.0);
  }
  made.cluster = {.name = "anywhere",
                  .nodes = c.p,
                  .gpus_per_node = 1,
                  .intra_bandwidth = 1_GBps,
                  .nics_per_node = 1,
                  .nic_bandwidth = 1_GBps};
  return made;
}

Priced model_case(const ScheduleCase& c, int dp) {
  const Schedule schedule = generate_schedule(c.schedule, {.stages = c.p, .microbatches = c.m});
  Scenario scenario = parse_scenario(kSmall, "small.toml");
  scenario.plan.pp = c.p;
  scenario.plan.dp = dp;
  scenario.plan.microbatches = c.m;
  scenario.model.layers = schedule.stages();
  scenario.runs[0].schedule = c.schedule;
  scenario.runs[0].p2p = c.p2p;
  Priced made{.program = lower(schedule, scenario, scenario.runs[0]), .costs = {}, .cluster = scenario.cluster};
  Profile profile = default_profile(made.cluster.gpu);
  profile.parameters.host_launch_s = kLaunch;
  made.costs = cost_program(made.program, made.cluster, profile);
  return made;
}

}  // namespace braid::test
