// SPDX-License-Identifier: Apache-2.0
// ZB-H1 and ZB-H2, the two zero-bubble schedules that the paper drew by hand (Qi et al., arXiv 2401.10241, figures 2
// and 3), for F = I = W; other costs do not change their order. One chunk a rank, any m >= 1.
//
// H1 holds what 1F1B holds: p activations. H2 warms up twice as deep, holds 2p-1 until their W, and in span (a rank's
// own first start to its own last end) it has no bubble from m >= 2p-1 on.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/row_writer.hpp"

namespace braid {
namespace {

/// `depth` 1 for H1 and 2 for H2: forwards ahead, and W behind, per rank that is left or passed.
Schedule by_hand(const char* name, const ScheduleRequest& request, int depth) {
  check_request(name, request);
  const int p = request.stages;
  const int m = request.microbatches;
  Schedule schedule{
      .name = name, .microbatches = m, .rank_of_stage = loop_placement(p, 1), .reverse_rank_of_stage = {}, .rows = {}};
  for (int r = 0; r < p; ++r) {
    RowWriter row(loop_chunks(p, 1, r));
    const int warm_up = std::min(depth * (p - 1 - r), m);
    for (int i = 0; i < warm_up; ++i) row.forward(0);
    for (int i = 0; i < m; ++i) {
      if (row.forwards(0) < m) row.forward(0);
      row.input_grad(0);
      if (i >= depth * r) row.weight_grad();
    }
    while (row.pending_weight_grads() > 0) row.weight_grad();
    schedule.rows.push_back(row.take());
  }
  return schedule;
}

}  // namespace

Schedule zb_h1(const ScheduleRequest& request) { return by_hand("zb-h1", request, 1); }
Schedule zb_h2(const ScheduleRequest& request) { return by_hand("zb-h2", request, 2); }

}  // namespace braid
