// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/simgrid/simulate_simgrid.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <optional>

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
  const Fabric fabric(cluster);
  Replicas replicas = replicas_to_play(program, cluster, options);
  std::optional<FlowPlan> plan;
  if (replicas.folded) plan = folded_flows(program, fabric, options.closed_form);
  if (!plan) {
    replicas.folded = false;
    plan = unfolded_flows(program, fabric, replicas, options.closed_form);
  }
  const MessagePaths paths = message_paths(program, cluster, replicas);
  PlayMemory memory(program, replicas, PlayMemory::Sharing::with_children);
  SharedCount flows;
  run_in_child([&] {
    EventCore core({program, costs, replicas, paths, options, plan->flow_of}, memory);
    flows.value() = play_with_simgrid(core, *plan, longest_transfer(costs));
    core.check_complete();
  });
  Timeline timeline = play_timeline(program, replicas, memory, flows.value());
  timeline.provenance.facts["network"] = "simgrid";
  return timeline;
}

}  // namespace braid
