// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/v_search.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/schedule/squeeze.hpp"

namespace braid {
namespace {

constexpr std::size_t kTriedOnTheWhole = 8;

std::vector<SqueezePolicy> squeeze_policies(int ranks) {
  const int step = std::max(1, ranks / 2);
  std::vector<SqueezePolicy> policies;
  for (const auto& [room, per_rank] : {std::pair{0, 0}, std::pair{1, 0}, std::pair{2, 0}, std::pair{1, 1}}) {
    for (const int last : {0, 2 * ranks, 4 * ranks, 6 * ranks}) {
      for (int first = 0; first <= 6 * ranks; first += step) {
        policies.push_back(
            {.first_passes = first, .last_passes = last, .room_for_far = room, .room_per_rank = per_rank});
      }
      policies.push_back({.first_passes = 1 << 30, .last_passes = 0, .room_for_far = room, .room_per_rank = per_rank});
    }
  }
  return policies;
}

}  // namespace

void offer_squeezed(const ListProblem& problem, const std::function<PassOrder(int microbatches)>& pattern,
                    BestOf& best) {
  ListProblem trial = problem;
  trial.microbatches = std::min(problem.microbatches, 4 * problem.ranks + 4);
  const PassOrder trial_order = pattern(trial.microbatches);
  std::vector<std::pair<double, SqueezePolicy>> ranking;
  for (const SqueezePolicy& policy : squeeze_policies(problem.ranks)) {
    const auto order = squeezed(trial, trial_order, policy);
    if (!order) continue;
    ranking.push_back({replay(schedule_of("", trial, *order), problem.costs).makespan, policy});
  }
  std::ranges::stable_sort(ranking, {}, &std::pair<double, SqueezePolicy>::first);
  if (ranking.size() > kTriedOnTheWhole) ranking.resize(kTriedOnTheWhole);

  const PassOrder whole = pattern(problem.microbatches);
  best.offer(schedule_of("", problem, whole));
  for (const auto& [makespan, policy] : ranking) {
    if (const auto order = squeezed(problem, whole, policy)) best.offer(schedule_of("", problem, *order));
  }
}

void offer_greedy(const ListProblem& problem, BestOf& best) {
  std::array<int, 4> priority{0, 1, 2, 3};
  do {
    for (const double overrun : {0.0, 1.0}) {
      for (const double wait : {0.0, 1.0}) {
        ListPolicy policy{
            .priority = {}, .wait_for_first_gradient = wait, .wait_for_gradient = wait, .weight_overrun = overrun};
        for (const int kind : priority) policy.priority.push_back({.gradient = kind < 2, .chunk = kind % 2});
        if (const auto order = list_schedule(problem, policy)) best.offer(schedule_of("", problem, *order));
      }
    }
  } while (std::ranges::next_permutation(priority).found);
}

std::optional<ScheduleRequest> at_unit_costs(const ScheduleRequest& request) {
  if (request.f == 1 && request.i == 1 && request.w == 1 && request.comm == 0) return std::nullopt;
  ScheduleRequest unit = request;
  unit.f = unit.i = unit.w = 1;
  unit.comm = 0;
  return unit;
}

}  // namespace braid
