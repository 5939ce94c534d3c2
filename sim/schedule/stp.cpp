// SPDX-License-Identifier: Apache-2.0
// STP, the braided schedule of "Synergistic Tensor and Pipeline Parallelism" (arXiv 2510.27257), in its nine steps.
//
// Two chunks a rank in a V. Most forwards are braided with a backward of the same chunk (F;B), or with its input
// gradient alone (F;I), whose W joins a queue; a queued W fills the gaps of a forward (F;W); two forwards fill each
// other's (F;F). Offload of activations is not a matter of the order and not here.
#include <fmt/format.h>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/row_writer.hpp"

namespace braid {
namespace {

std::vector<Cell> row_of(int p, int m, int r) {
  RowWriter row(v_chunks(p, r));
  const int after = p - 1 - r;  // ranks behind this one

  for (int i = 0; i < 2 * after; ++i) row.forward(0);  // step 1
  for (int i = 0; i < r + 1; ++i) {                    // step 2
    row.forward(0);
    row.forward(1);
  }
  if ((r + 1) % 2 == 1) row.forward(0);  // step 3
  for (int i = 0; i < (r + 1) / 2; ++i) row.forward_with_forward(0, 0);
  for (int i = 0; i < after; ++i) {  // step 4
    row.forward_with_input_grad(1, 1);
    row.forward_with_weight_grad(0);
  }
  const int first_zero_bubble = 2 * (m - 3 * p + 1) + 1 + r;
  for (int i = 0; i < first_zero_bubble + r; ++i) {  // step 5
    const int chunk = i % 2 == 0 ? 1 : 0;
    if (i < first_zero_bubble) {
      row.forward_with_backward(chunk, chunk);
    } else {
      row.forward_with_input_grad(chunk, chunk);
    }
  }
  for (int i = 0; i < 2 * p - 2 - r; ++i) {  // step 6
    row.backward(0);
    row.forward_with_input_grad(1, 1);
  }
  for (int i = 0; i < r + 1; ++i) {  // step 7
    row.backward(0);
    row.backward(1);
  }
  for (int i = 0; i < 1 + 2 * after; ++i) {  // step 8
    if (i % 2 == 0) {
      row.backward(0);
    } else {
      row.weight_grad();
      row.weight_grad();
    }
  }
  for (int i = 0; i < 2 * r; ++i) row.weight_grad();  // step 9
  return row.take();
}

}  // namespace

Schedule stp(const ScheduleRequest& request) {
  check_request("stp", request);
  const int p = request.stages;
  const int m = request.microbatches;
  require(p >= 2, "stp", fmt::format("needs at least two stages (ranks), not {}", p));
  require(
      m >= 3 * p - 1, "stp",
      fmt::format("needs m >= 3p-1 microbatches, here {} with p={}, not {}: with fewer the ranks would not agree on "
                  "how many there are",
                  3 * p - 1, p, m));
  Schedule schedule{
      .name = "stp", .microbatches = m, .rank_of_stage = v_placement(p), .reverse_rank_of_stage = {}, .rows = {}};
  for (int r = 0; r < p; ++r) schedule.rows.push_back(row_of(p, m, r));
  return schedule;
}

}  // namespace braid
