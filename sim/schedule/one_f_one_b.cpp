// SPDX-License-Identifier: Apache-2.0
// 1F1B [Narayanan19]: rank r warms up with p-1-r forwards, alternates, drains. One chunk a rank, any m >= 1.
// Pauses as torch's Schedule1F1B writes them.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/row_writer.hpp"

namespace braid {

Schedule one_f_one_b(const ScheduleRequest& request) {
  check_request("1f1b", request);
  const int p = request.stages;
  const int m = request.microbatches;
  Schedule schedule{.name = "1f1b",
                    .microbatches = m,
                    .rank_of_stage = loop_placement(p, 1),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (int r = 0; r < p; ++r) {
    RowWriter row(loop_chunks(p, 1, r));
    const int warm_up = std::min(p - 1 - r, m);
    row.pause(r);
    for (int i = 0; i < warm_up; ++i) row.forward(0);
    row.pause(2 * (p - 1 - r));
    while (row.forwards(0) < m) {
      row.forward(0);
      row.backward(0);
    }
    while (row.backwards(0) < m) {
      row.pause(1);
      row.backward(0);
    }
    schedule.rows.push_back(row.take());
  }
  return schedule;
}

}  // namespace braid
