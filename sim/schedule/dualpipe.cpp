// SPDX-License-Identifier: Apache-2.0
// DualPipe [DeepSeek-V3, arXiv 2412.19437]: two copies of the model, fed from both ends at once.
//
// Stage s lives on rank s for the first half of the microbatches and on rank p-1-s for the second half; a forward of
// one direction is braided with a backward of the other.
#include <fmt/format.h>

#include <algorithm>

#include "sim/schedule/dualpipe_row.hpp"
#include "sim/schedule/generators.hpp"

namespace braid {

Schedule dualpipe(const ScheduleRequest& request) {
  check_request("dualpipe", request);
  const int p = request.stages;
  const int m = request.microbatches;
  require(p % 2 == 0 && m % 2 == 0 && m >= 2 * p, "dualpipe",
          fmt::format("needs an even p, an even m and m >= 2p = {}, not p={}, m={}", 2 * p, p, m));
  Schedule schedule{.name = "dualpipe",
                    .microbatches = m,
                    .rank_of_stage = loop_placement(p, 1),
                    .reverse_rank_of_stage = {},
                    .rows = {}};
  for (int s = 0; s < p; ++s) schedule.reverse_rank_of_stage.push_back(p - 1 - s);
  for (int r = 0; r < p; ++r) {
    std::vector<ChunkPlace> chunks{{.stage = r, .first_microbatch = 0},
                                   {.stage = p - 1 - r, .first_microbatch = m / 2}};
    if (r >= p / 2) std::swap(chunks[0], chunks[1]);  // seen from the nearer end
    schedule.rows.push_back(
        dualpipe_row({.depth = p / 2, .place = std::min(r, p - 1 - r), .microbatches = m / 2}, std::move(chunks)));
  }
  return schedule;
}

}  // namespace braid
