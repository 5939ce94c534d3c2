// SPDX-License-Identifier: Apache-2.0
// Interleaved zero bubble (torch's ScheduleInterleavedZeroBubble, "ZB1P"): interleaved 1F1B with a shorter warm-up,
// input gradients only, and a weight gradient behind each of them once the rank is r backwards ahead.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/interleaved.hpp"

namespace braid {

Schedule interleaved_zero_bubble(const ScheduleRequest& request) {
  check_request("interleaved-zb", request, {.chunks = true, .group = true});
  const InterleavedOrder order = interleaved_order("interleaved-zb", request);
  const int p = request.stages;
  const int total = request.microbatches * order.chunks;
  Schedule schedule{.name = "interleaved-zb",
                    .microbatches = request.microbatches,
                    .rank_of_stage = loop_placement(p, order.chunks),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (int r = 0; r < p; ++r) {
    RowWriter row(loop_chunks(p, order.chunks, r));
    const int warm_up = std::min((order.chunks - 1) * order.group + (p - 1 - r), total);
    row.pause(r);
    for (int i = 0; i < warm_up; ++i) row.forward(order.forward_chunk(i));
    row.pause(p - 1 - r);
    for (int i = 0; i < total; ++i) {
      if (warm_up + i < total) row.forward(order.forward_chunk(warm_up + i));
      row.input_grad(order.backward_chunk(i));
      if (i >= r) row.weight_grad();
    }
    while (row.pending_weight_grads() > 0) row.weight_grad();
    schedule.rows.push_back(row.take());
  }
  return schedule;
}

}  // namespace braid
