// SPDX-License-Identifier: Apache-2.0
#include "tests/validate/fabricated.hpp"

#include <set>

#include "sim/cost/cost_program.hpp"
#include "sim/cost/profile.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/memory/memory.hpp"
#include "sim/program/lower.hpp"
#include "sim/program/scheduled.hpp"
#include "sim/report/op_class.hpp"

namespace braid {

MeasuredRun fabricated_run(const Program& program, const Costs& real, const Cluster& cluster, const Fabrication& how) {
  std::vector<Timeline> traced;
  std::vector<Seconds> untraced;
  for (int repeat = 0; repeat < how.repeats; ++repeat) {
    EngineOptions options{.seed = how.seed + static_cast<std::uint64_t>(repeat), .jitter = how.jitter};
    Timeline& timeline = traced.emplace_back(simulate_ideal(program, real, cluster, options));
    timeline.provenance = {.kind = "measured",
                           .facts = {{"placement", how.placement},
                                     {"schedule", program.schedule},
                                     {"gpu", "fabricated"},
                                     {"gpu_uuid", "GPU-00000000-fabricated"},
                                     {"driver", "0.0 fabricated"},
                                     {"trace_hash", "0123456789abcdef"}}};
    options.seed += 1000;
    untraced.push_back(simulate_ideal(program, real, cluster, options).step_time / (1 + how.tracing));
  }
  MeasuredRun run = summarise(std::move(traced));
  run.placement = how.placement;
  run.untraced = std::move(untraced);
  for (const MemoryPeak& peak : memory_peaks(join_complete(program, run.timeline))) {
    run.peak.push_back(peak.bytes * how.memory);
  }
  run.notes = {"fabricated: played by the engine, not measured"};
  return run;
}

Priced priced(const Scenario& scenario, std::size_t run) {
  Priced made{.program = lower(schedule_of(scenario, scenario.runs[run]), scenario, scenario.runs[run]), .costs = {}};
  made.costs = cost_program(made.program, scenario.cluster, default_profile(scenario.cluster.gpu));
  return made;
}

Costs with_class_scaled(const Program& program, Costs costs, const std::string& class_name, double factor) {
  std::set<std::uint16_t> works;
  for (const RankProgram& rank : program.ranks) {
    for (const Op& op : rank.ops) {
      const WorkKind kind = program.works[op.work].kind;
      const bool communicates = kind == WorkKind::collective || kind == WorkKind::message;
      if (class_name == "communication" ? communicates : class_of(op.key, op.lane) == class_name) works.insert(op.work);
    }
  }
  BRAID_CHECK(!works.empty(), "the program has ops of that class");
  for (const std::uint16_t work : works) {
    costs.duration[work] *= factor;
    costs.collective[work].latency *= factor;
    costs.collective[work].transfer *= factor;
    for (CommCost& path : costs.message[work]) {
      path.latency *= factor;
      path.transfer *= factor;
    }
  }
  return costs;
}

}  // namespace braid
