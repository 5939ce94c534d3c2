// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/screen/grid.hpp"

#include <fmt/format.h>

#include "sim/play/play.hpp"
#include "sim/screen/screen.hpp"

namespace braid::testing {
namespace {

struct Machine {
  const char* name;
  const char* cluster;
  const char* profile;
};
constexpr Machine kMachines[]{{"h100", "h100-sxm-8x128", ""},
                              {"h100 calibrated", "h100-sxm-8x128", "h100-80g"},
                              {"a800", "a800-sxm-8x4", ""},
                              {"a800 fitted", "a800-sxm-8x4", "a800-80g-stp12b"}};
constexpr const char* kSchedules[]{"gpipe", "1f1b",   "1f1b-i", "looped-bfs", "interleaved-zb", "zb-h1",
                                   "zb-v",  "v-half", "stp",    "dualpipev",  "dualpipe",       "combined-1f1b"};
struct Split {
  int tp, pp, microbatches;
};
constexpr Split kSplits[]{{1, 4, 16}, {2, 8, 32}, {4, 4, 16}, {8, 2, 12}, {8, 4, 32}, {4, 8, 24}};

struct Option {
  const char* name;
  void (*set)(Scenario&, Run&);
};
const Option kOptions[]{
    {"plain", [](Scenario&, Run&) {}},
    {"batched", [](Scenario&, Run& run) { run.p2p = P2pMode::batched; }},
    {"blocking", [](Scenario&, Run& run) { run.p2p = P2pMode::blocking; }},
    {"sequence parallel", [](Scenario& s, Run&) { s.plan.sequence_parallel = true; }},
    {"recompute selective", [](Scenario& s, Run&) { s.plan.recompute = Recompute::selective; }},
    {"recompute full", [](Scenario& s, Run&) { s.plan.recompute = Recompute::full; }},
    {"dp 2, zero1",
     [](Scenario& s, Run&) {
       s.plan.dp = 2;
       s.step_end.data_parallel = DataParallel::zero1;
     }},
    {"dp 2, buckets",
     [](Scenario& s, Run&) {
       s.plan.dp = 2;
       s.step_end.bucket = Bytes(100e6);
     }},
    {"async none", [](Scenario&, Run& run) { run.async_all_reduce = AsyncAllReduce::none; }},
    {"async whole", [](Scenario&, Run& run) { run.async_all_reduce = AsyncAllReduce::whole; }},
    {"scatter, gather", [](Scenario&, Run& run) { run.p2p_scatter_gather = true; }},
    {"slow links",
     [](Scenario& s, Run&) {
       s.cluster.intra_bandwidth *= 0.1;
       s.cluster.nic_bandwidth *= 0.25;
     }},
};

}  // namespace

std::vector<GridPoint> screening_grid(int stride) {
  const std::string folder = BRAID_SOURCE_DIR "/scenarios/";
  std::vector<GridPoint> points;
  int number = 0;
  for (const Machine& machine : kMachines) {
    Scenario base;
    base.name = "grid";
    base.model = read_model(folder + "models/llama3-8b.toml");
    base.cluster = read_cluster(folder + "clusters/" + machine.cluster + ".toml");
    base.network = NetworkKind::ideal;
    base.plan.sequence = 4096;
    const std::string csv = *machine.profile == 0 ? "" : folder + "profiles/" + machine.profile + ".csv";
    const Profile profile = profile_of(csv, base.cluster.gpu);
    for (const Split& split : kSplits) {
      for (const char* schedule : kSchedules) {
        for (const Option& option : kOptions) {
          if (number++ % stride != 0) continue;
          Scenario scenario = base;
          scenario.plan.tp = split.tp;
          scenario.plan.pp = split.pp;
          scenario.plan.microbatches = split.microbatches;
          Run run{.schedule = schedule, .label = schedule};
          option.set(scenario, run);
          scenario.runs = {run};
          if (!check(scenario).empty() || !check_runs(scenario, {run}).empty()) continue;
          const bool plain = std::string(option.name) == "plain";
          points.push_back({.name = fmt::format("{}, {}, {}, tp{} pp{} m{}", machine.name, option.name, schedule,
                                                split.tp, split.pp, split.microbatches),
                            .kind = plain ? machine.name : option.name,
                            .scenario = std::move(scenario),
                            .run = std::move(run),
                            .profile = profile});
        }
      }
    }
  }
  return points;
}

ScreeningError screening_error(const GridPoint& point) {
  const RunReport played = play(point.scenario, point.run, point.profile).report;
  const RunReport screened = Screener().screen(point.scenario, point.run, point.profile);
  return {.step_time = screened.step_time / played.step_time - 1,
          .peak = screened.peak.bytes / played.peak.bytes - 1,
          .tp_share = screened.tp_share() - played.tp_share(),
          .pp_share = screened.pp_share() - played.pp_share(),
          .exposed = screened.exposed_communication.mean / screened.step_time -
                     played.exposed_communication.mean / played.step_time,
          .fits_differ = screened.fits() != played.fits()};
}

}  // namespace braid::testing
