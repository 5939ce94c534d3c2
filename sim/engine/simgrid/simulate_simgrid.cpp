// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/simulate_simgrid.hpp"

#include <sys/mman.h>

#include <algorithm>

#include "sim/base/error.hpp"
#include "sim/engine/core/event_core.hpp"
#include "sim/engine/core/play_timeline.hpp"
#include "sim/engine/simgrid/child_process.hpp"
#include "sim/engine/simgrid/flow_network.hpp"
#include "sim/engine/simgrid/flow_plan.hpp"

namespace braid {
namespace {

double longest_transfer(const Costs& costs) {
  double longest = 0;
  for (const CommCost& cost : costs.collective) longest = std::max(longest, cost.transfer.value);
  for (const auto& paths : costs.message) {
    for (const CommCost& cost : paths) longest = std::max(longest, cost.transfer.value);
  }
  return longest;
}

/// A number that a child writes and its parent reads.
class SharedCount {
 public:
  SharedCount() : at_(mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (at_ == MAP_FAILED) throw Error("engine", "no memory for a child process");
  }
  ~SharedCount() { munmap(at_, sizeof(std::uint64_t)); }
  SharedCount(const SharedCount&) = delete;
  SharedCount& operator=(const SharedCount&) = delete;
  std::uint64_t& value() { return *static_cast<std::uint64_t*>(at_); }

 private:
  void* at_;
};

}  // namespace

Timeline simulate_simgrid(const Program& program, const Costs& costs, const Cluster& cluster,
                          const EngineOptions& options) {
  const bool fold = may_fold(program, cluster, options);
  const Fabric fabric(cluster);
  const NetworkLoad load = network_load(program, fabric);
  std::vector<bool> played = played_transfers(load, options.closed_form, fold);
  Symmetry symmetry = fold ? find_symmetry(load, fabric, program.placement, played, options.slowdown)
                           : no_symmetry(load, program.placement, played);
  Replicas replicas = Replicas::by_colour(program.placement, symmetry.column);
  if (fold && !replicas.folded() && !options.durations.empty()) {  // they are given for one column or for all
    played = played_transfers(load, options.closed_form, false);
    symmetry = no_symmetry(load, program.placement, played);
    replicas = Replicas::all(program.placement);
  }
  const FlowPlan plan = plan_flows(load, fabric, replicas, symmetry, played);
  const MessagePaths paths = message_paths(program, cluster, replicas);
  PlayMemory memory(program, replicas, PlayMemory::Sharing::with_children);
  SharedCount flows;
  run_in_child([&] {
    EventCore core({program, costs, replicas, paths, options, plan.flow_of}, memory);
    flows.value() = play_with_simgrid(core, plan, longest_transfer(costs));
    core.check_complete();
  });
  Timeline timeline = play_timeline(program, replicas, memory, flows.value());
  timeline.provenance.facts["network"] = "simgrid";
  return timeline;
}

}  // namespace braid
