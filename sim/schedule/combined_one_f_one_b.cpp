// SPDX-License-Identifier: Apache-2.0
// Megatron's combined 1F1B (made to hide the all-to-all of expert parallelism): interleaved 1F1B with one more warm-up
// forward, so that a steady F and the B behind it are independent and run as one braid.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/interleaved.hpp"

namespace braid {

Schedule combined_one_f_one_b(const ScheduleRequest& request) {
  check_request("combined-1f1b", request, {.chunks = true, .group = true});
  const InterleavedOrder order = interleaved_order("combined-1f1b", request);
  const int p = request.stages;
  const int total = request.microbatches * order.chunks;
  Schedule schedule{.name = "combined-1f1b",
                    .microbatches = request.microbatches,
                    .rank_of_stage = loop_placement(p, order.chunks),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (int r = 0; r < p; ++r) {
    RowWriter row(loop_chunks(p, order.chunks, r));
    const int warm_up = std::min((order.chunks - 1) * order.group + 2 * (p - 1 - r) + 1, total);
    for (int i = 0; i < warm_up; ++i) row.forward(order.forward_chunk(i));
    for (int i = 0; i < total; ++i) {
      const int b_chunk = order.backward_chunk(i);
      if (warm_up + i < total) {
        row.forward_with_backward(order.forward_chunk(warm_up + i), b_chunk);
      } else {
        row.backward(b_chunk);
      }
    }
    schedule.rows.push_back(row.take());
  }
  return schedule;
}

}  // namespace braid
