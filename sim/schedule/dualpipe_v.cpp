// SPDX-License-Identifier: Apache-2.0
// DualPipeV (DeepSeek's DualPipe repository, torch's ScheduleDualPipeV): DualPipe cut in half and folded into a V.
#include <fmt/format.h>

#include "sim/schedule/dualpipe_row.hpp"
#include "sim/schedule/generators.hpp"

namespace braid {

Schedule dualpipe_v(const ScheduleRequest& request) {
  check_request("dualpipev", request);
  const int p = request.stages;
  const int m = request.microbatches;
  require(m >= 2 * p, "dualpipev", fmt::format("needs m >= 2p = {} microbatches, not {}", 2 * p, m));
  Schedule schedule{
      .name = "dualpipev", .microbatches = m, .rank_of_stage = v_placement(p), .reverse_rank_of_stage = {}, .rows = {}};
  for (int r = 0; r < p; ++r) {
    schedule.rows.push_back(dualpipe_row({.depth = p, .place = r, .microbatches = m}, v_chunks(p, r)));
  }
  return schedule;
}

}  // namespace braid
