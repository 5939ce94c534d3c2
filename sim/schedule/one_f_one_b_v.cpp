// SPDX-License-Identifier: Apache-2.0
// 1F1B-V ("Pipeline Parallelism with Controllable Memory", Qi et al., arXiv 2405.15362): a V without splitting the
// backward, about two thirds of 1F1B's activations. Searched with the request's costs: the repeated pattern, squeezed
// where that takes no more memory than the pattern itself.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/peaks.hpp"
#include "sim/schedule/row_writer.hpp"
#include "sim/schedule/v_pattern.hpp"
#include "sim/schedule/v_search.hpp"

namespace braid {

Schedule one_f_one_b_v(const ScheduleRequest& request) {
  check_request("1f1b-v", request);
  ListProblem problem{.ranks = request.stages,
                      .microbatches = request.microbatches,
                      .v_shaped = true,
                      .split = false,
                      .costs = {.f = request.f, .i = request.i, .w = request.w, .comm = request.comm}};
  const auto pattern = [&](int m) { return repeated_pattern_of_full_backwards(request.stages, m); };
  const PeakActivations peaks = peak_activations(schedule_of("", problem, pattern(request.microbatches)));
  BestOf best(problem.costs, Judged::by_makespan);
  best.most_until_w = std::ranges::max(peaks.until_w);
  problem.memory_limit = best.most_until_w;
  offer_squeezed(problem, pattern, best);
  offer_greedy(problem, best);
  if (const auto unit = at_unit_costs(request)) best.offer(one_f_one_b_v(*unit));
  Schedule schedule = best.take();
  schedule.name = "1f1b-v";
  return schedule;
}

}  // namespace braid
