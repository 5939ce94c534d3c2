// SPDX-License-Identifier: Apache-2.0
// The zero-bubble paper's search under a memory limit (Qi et al., arXiv 2401.10241, section 4): A = p is its ZB-1p,
// A = 2p its ZB-2p. One chunk a rank; plans with the request's costs, and its cost is the span.
//
// Memory as in the paper's own scheduler: an F takes one activation, its I gives back what W does not need, its W the
// rest. Ours is the best of a set of greedy policies; the paper adds an integer program.
#include <fmt/format.h>

#include "sim/schedule/best_of.hpp"
#include "sim/schedule/generators.hpp"
#include "sim/schedule/list_schedule.hpp"
#include "sim/schedule/row_writer.hpp"
#include "sim/schedule/v_search.hpp"

namespace braid {

Schedule zero_bubble_with_memory_limit(const ScheduleRequest& request) {
  check_request("zb", request, {.memory_limit = true});
  const int limit = request.memory_limit.value_or(request.stages);
  require(limit >= 1, "zb", fmt::format("the memory limit is {}; it must be at least one activation", limit));
  require(request.kept_for_w >= 0 && request.kept_for_w <= 1, "zb",
          fmt::format("the share kept for W is {}; it must be 0 to 1", request.kept_for_w));
  const PassCosts costs{.f = request.f, .i = request.i, .w = request.w, .comm = request.comm};
  const ListProblem problem{.ranks = request.stages,
                            .microbatches = request.microbatches,
                            .costs = costs,
                            .memory_limit = static_cast<double>(limit),
                            .kept_for_w = request.kept_for_w};
  BestOf best(costs, Judged::by_span);
  ScheduleRequest plain = request;
  plain.memory_limit.reset();
  // The schedules drawn by hand are candidates where the limit allows them: p activations, and 2p-1.
  if (limit >= request.stages) best.offer(zb_h1(plain));
  if (limit >= 2 * request.stages - 1) best.offer(zb_h2(plain));
  for (const double overrun : {0.0, 0.1, 0.3, 0.5, 1.0}) {
    for (const double first : {0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0}) {
      for (const double later : {0.0, 0.05, 0.2, 0.5}) {
        const ListPolicy policy{.priority = {{.gradient = true, .chunk = 0}, {.gradient = false, .chunk = 0}},
                                .wait_for_first_gradient = first,
                                .wait_for_gradient = later,
                                .weight_overrun = overrun};
        if (const auto order = list_schedule(problem, policy)) best.offer(schedule_of("zb", problem, *order));
      }
    }
  }
  if (const auto unit = at_unit_costs(request)) best.offer(zero_bubble_with_memory_limit(*unit));
  Schedule schedule = best.take();
  schedule.name = "zb";
  return schedule;
}

}  // namespace braid
