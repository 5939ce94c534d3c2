// SPDX-License-Identifier: Apache-2.0
// GPipe [Huang19]: all forwards, then all backwards. One chunk a rank. Pauses as torch's ScheduleGPipe writes them.
#include "sim/schedule/generators.hpp"
#include "sim/schedule/row_writer.hpp"

namespace braid {

Schedule gpipe(const ScheduleRequest& request) {
  check_request("gpipe", request);
  const int p = request.stages;
  const int m = request.microbatches;
  Schedule schedule{.name = "gpipe",
                    .microbatches = m,
                    .rank_of_stage = loop_placement(p, 1),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (int r = 0; r < p; ++r) {
    RowWriter row(loop_chunks(p, 1, r));
    row.pause(r);
    for (int i = 0; i < m; ++i) row.forward(0);
    row.pause(3 * (p - 1 - r));
    for (int i = 0; i < m; ++i) row.backward(0);
    schedule.rows.push_back(row.take());
  }
  return schedule;
}

}  // namespace braid
