// SPDX-License-Identifier: Apache-2.0
// V-Half ("Pipeline Parallelism with Controllable Memory", Qi et al., arXiv 2405.15362): a V that holds about half of
// what 1F1B holds, p+2 of its 2p chunk activations. Searched, with the request's costs; ours is the best of the
// repeated pattern, squeezed, and a greedy scheduler under the same limit.
#include "sim/schedule/generators.hpp"
#include "sim/schedule/row_writer.hpp"
#include "sim/schedule/v_pattern.hpp"
#include "sim/schedule/v_search.hpp"

namespace braid {

Schedule v_half(const ScheduleRequest& request) {
  check_request("v-half", request);
  const int p = request.stages;
  const ListProblem problem{.ranks = p,
                            .microbatches = request.microbatches,
                            .v_shaped = true,
                            .costs = {.f = request.f, .i = request.i, .w = request.w, .comm = request.comm},
                            .memory_limit = static_cast<double>(p + 2)};
  BestOf best(problem.costs, Judged::by_makespan);
  best.most_until_w = p + 2;
  const PatternSteps steps{.forward_near = 2, .forward_far = 1, .gradient_far = 2, .gradient_near = 1};
  offer_squeezed(
      problem, [&](int m) { return repeated_pattern(p, m, steps); }, best);
  offer_greedy(problem, best);
  if (const auto unit = at_unit_costs(request)) best.offer(v_half(*unit));
  Schedule schedule = best.take();
  schedule.name = "v-half";
  return schedule;
}

}  // namespace braid
