// SPDX-License-Identifier: Apache-2.0
#include "sim/screen/folded_play.hpp"

#include <algorithm>
#include <limits>

#include "sim/engine/core/event_core.hpp"
#include "sim/engine/core/play_timeline.hpp"

namespace braid {

Timeline play_folded(const Program& program, const Costs& costs, const Cluster& cluster) {
  const EngineOptions options{.fold = false};
  Replicas replicas = replicas_to_play(program, cluster, options);
  MessagePaths paths = message_paths(program, cluster, replicas);
  const auto columns = static_cast<std::ptrdiff_t>(replicas.columns());
  for (std::size_t pair = 0; pair < paths.pairs.size(); ++pair) {
    const auto first = paths.kinds.begin() + static_cast<std::ptrdiff_t>(pair) * columns;
    paths.kinds[pair] = *std::max_element(first, first + columns);
  }
  replicas.folded = true;
  PlayMemory memory(program, replicas, PlayMemory::Sharing::own);
  EventCore core({program, costs, replicas, paths, options, {}}, memory);
  core.play(std::numeric_limits<double>::infinity());
  core.check_complete();
  return play_timeline(program, replicas, memory, 0);
}

}  // namespace braid
