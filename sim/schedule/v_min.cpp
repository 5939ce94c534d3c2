// SPDX-License-Identifier: Apache-2.0
// V-Min ("Pipeline Parallelism with Controllable Memory", Qi et al., arXiv 2405.15362): every pass one unit behind its
// neighbour's, the V that holds the fewest activations, about a third of 1F1B's. Searched with the request's costs:
// the repeated pattern, squeezed where that takes no more memory than the pattern itself.
#include <algorithm>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/peaks.hpp"
#include "sim/schedule/row_writer.hpp"
#include "sim/schedule/v_pattern.hpp"
#include "sim/schedule/v_search.hpp"

namespace braid {

Schedule v_min(const ScheduleRequest& request) {
  check_request("v-min", request);
  ListProblem problem{.ranks = request.stages,
                      .microbatches = request.microbatches,
                      .v_shaped = true,
                      .costs = {.f = request.f, .i = request.i, .w = request.w, .comm = request.comm}};
  const auto pattern = [&](int m) { return repeated_pattern(request.stages, m, PatternSteps{}); };
  const PeakActivations peaks = peak_activations(schedule_of("", problem, pattern(request.microbatches)));
  BestOf best(problem.costs, Judged::by_makespan);
  best.most_inclusive = std::ranges::max(peaks.inclusive);
  best.most_until_w = std::ranges::max(peaks.until_w);
  problem.memory_limit = best.most_until_w;
  offer_squeezed(problem, pattern, best);
  if (const auto unit = at_unit_costs(request)) best.offer(v_min(*unit));
  Schedule schedule = best.take();
  schedule.name = "v-min";
  return schedule;
}

}  // namespace braid
