// SPDX-License-Identifier: Apache-2.0
// Looped breadth-first [LamyPoirier23]: all microbatches through a chunk before the next chunk; backward likewise from
// the last chunk on, microbatches in reverse, as torch's ScheduleLoopedBFS runs them (with its pauses).
#include "sim/schedule/generators.hpp"
#include "sim/schedule/row_writer.hpp"

namespace braid {

Schedule looped_bfs(const ScheduleRequest& request) {
  check_request("looped-bfs", request, {.chunks = true});
  const int p = request.stages;
  const int m = request.microbatches;
  const int v = request.chunks.value_or(2);
  Schedule schedule{.name = "looped-bfs",
                    .microbatches = m,
                    .rank_of_stage = loop_placement(p, v),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (int r = 0; r < p; ++r) {
    RowWriter row(loop_chunks(p, v, r));
    row.pause(r);
    for (int i = 0; i < m * v; ++i) row.forward(i / m);
    row.pause(2 * (p - 1 - r));
    std::vector<Cell> cells = row.take();
    for (int chunk = v; chunk-- > 0;) {
      for (int mb = m; mb-- > 0;) {
        cells.push_back({{Action{.type = ActionType::B, .stage = chunk * p + r, .microbatch = mb}}});
      }
    }
    schedule.rows.push_back(std::move(cells));
  }
  return schedule;
}

}  // namespace braid
