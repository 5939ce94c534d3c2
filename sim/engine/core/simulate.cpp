// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/simulate.hpp"

#include <limits>

#include "sim/base/error.hpp"
#include "sim/engine/core/event_core.hpp"
#include "sim/engine/core/play_memory.hpp"
#include "sim/engine/core/play_timeline.hpp"
#include "sim/engine/core/replicas.hpp"

namespace braid {

Timeline simulate_ideal(const Program& program, const Costs& costs, const Cluster& cluster,
                        const EngineOptions& options) {
  const Replicas replicas = replicas_to_play(program, cluster, options);
  const MessagePaths paths = message_paths(program, cluster, replicas);
  PlayMemory memory(program, replicas, PlayMemory::Sharing::own);
  {
    EventCore core({program, costs, replicas, paths, options, {}}, memory);
    core.play(std::numeric_limits<double>::infinity());
    core.check_complete();
  }
  Timeline timeline = play_timeline(program, replicas, memory, 0);
  timeline.provenance.facts["network"] = "ideal";
  return timeline;
}

}  // namespace braid
