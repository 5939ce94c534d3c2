// SPDX-License-Identifier: Apache-2.0
// Interleaved 1F1B [Narayanan21], Megatron's and torch's order: v chunks a rank, stage s on rank s mod p.
// Pauses as torch's ScheduleInterleaved1F1B writes them.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/interleaved.hpp"

namespace braid {

Schedule interleaved_one_f_one_b(const ScheduleRequest& request) {
  check_request("1f1b-i", request, {.chunks = true, .group = true});
  const InterleavedOrder order = interleaved_order("1f1b-i", request);
  const int p = request.stages;
  const int total = request.microbatches * order.chunks;
  Schedule schedule{.name = "1f1b-i",
                    .microbatches = request.microbatches,
                    .rank_of_stage = loop_placement(p, order.chunks),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (int r = 0; r < p; ++r) {
    RowWriter row(loop_chunks(p, order.chunks, r));
    const int warm_up = std::min((order.chunks - 1) * order.group + 2 * (p - 1 - r), total);
    row.pause(r);
    for (int i = 0; i < warm_up; ++i) row.forward(order.forward_chunk(i));
    // The first backward reaches rank r after all chunks' first p forwards and the way back.
    row.pause(order.chunks * p + 2 * (p - 1 - r) - (warm_up + r));
    for (int i = 0; i < total - warm_up; ++i) {
      row.forward(order.forward_chunk(warm_up + i));
      row.backward(order.backward_chunk(i));
    }
    for (int i = total - warm_up; i < total; ++i) {
      row.pause(1);
      row.backward(order.backward_chunk(i));
    }
    schedule.rows.push_back(row.take());
  }
  return schedule;
}

}  // namespace braid
