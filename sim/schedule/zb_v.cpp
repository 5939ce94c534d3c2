// SPDX-License-Identifier: Apache-2.0
// ZB-V [Qi24], the static order of torch's ScheduleZBVZeroBubble: two chunks a rank in a V, no bubble in steady state.
//
// Any m >= 1: the order is written for max(2p-1, m) microbatches, and those that do not exist are left out.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/row_writer.hpp"

namespace braid {
namespace {

std::vector<Cell> row_of(int p, int n, int r) {
  RowWriter row(v_chunks(p, r));
  row.pause(r);
  for (int i = 0; i < 2 * (p - r) - 1; ++i) row.forward(0);
  for (int i = 0; i < r; ++i) {
    row.forward(1);
    row.forward(0);
  }
  for (int i = 0; i < p - r; ++i) {
    row.forward(1);
    row.input_then_weight_grad(1);
  }
  while (row.forwards(1) < n) {
    if (row.forwards(0) < n) row.forward(0);
    row.input_then_weight_grad(0);
    row.forward(1);
    row.input_then_weight_grad(1);
  }
  int done[2] = {row.backwards(0), row.backwards(1)};  // weight gradients, all at once with their I up to here
  for (int i = 0; i < r; ++i) {
    row.input_grad(0);
    row.input_grad(1);
  }
  for (int i = 0; i < p - r; ++i) {
    row.input_grad(0);
    row.weight_grad_of(0, done[0]++);
  }
  while (done[1] < n) row.weight_grad_of(1, done[1]++);
  while (done[0] < n) row.weight_grad_of(0, done[0]++);
  return row.take();
}

}  // namespace

Schedule zb_v(const ScheduleRequest& request) {
  check_request("zb-v", request);
  const int p = request.stages;
  const int m = request.microbatches;
  Schedule schedule{
      .name = "zb-v", .microbatches = m, .rank_of_stage = v_placement(p), .reverse_rank_of_stage = {}, .rows = {}};
  for (int r = 0; r < p; ++r) {
    std::vector<Cell> row = row_of(p, std::max(2 * p - 1, m), r);
    std::erase_if(row, [m](const Cell& cell) { return !cell.empty() && cell.actions[0].microbatch >= m; });
    schedule.rows.push_back(std::move(row));
  }
  return schedule;
}

}  // namespace braid
