// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/v_pattern.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace braid {
namespace {

constexpr int kPeriod = 6;  // F, I and W of two chunks, or F and a double B of two

/// When the passes of microbatch 0 run on one rank; -1 for a W that is part of a B.
struct Places {
  int forward_near = 0;
  int forward_far = 0;
  int gradient_far = 0;
  int gradient_near = 0;
  int weight_far = -1;
  int weight_near = -1;
};

int first_in_slot(int from, int slot) { return from + ((slot - from) % kPeriod + kPeriod) % kPeriod; }

bool slots_differ(const Places& at) {
  std::array<int, 4> slots{at.forward_near % kPeriod, at.forward_far % kPeriod, at.gradient_far % kPeriod,
                           at.gradient_near % kPeriod};
  std::ranges::sort(slots);
  return std::ranges::adjacent_find(slots) == slots.end();
}

/// The W take the two slots left, in the order that lets them wait less.
void place_weights(Places& at) {
  std::vector<int> free;
  for (int slot = 0; slot < kPeriod; ++slot) {
    const auto taken = {at.forward_near, at.forward_far, at.gradient_far, at.gradient_near};
    if (std::ranges::none_of(taken, [slot](int time) { return time % kPeriod == slot; })) free.push_back(slot);
  }
  const auto waits = [&](int far_slot, int near_slot) {
    return std::pair(first_in_slot(at.gradient_far + 1, far_slot), first_in_slot(at.gradient_near + 1, near_slot));
  };
  const auto one = waits(free[0], free[1]);
  const auto other = waits(free[1], free[0]);
  const auto& best = other.first + other.second < one.first + one.second ? other : one;
  at.weight_far = best.first;
  at.weight_near = best.second;
}

PassOrder repeated(int ranks, int microbatches, const std::vector<Places>& places) {
  PassOrder order;
  for (int rank = 0; rank < ranks; ++rank) {
    const Places& at = places[static_cast<std::size_t>(rank)];
    const bool split = at.weight_far >= 0;
    const int far = 2 * ranks - 1 - rank;
    std::vector<std::pair<int, Action>> timed;
    for (int mb = 0; mb < microbatches; ++mb) {
      const auto add = [&](int time, ActionType type, int stage) {
        timed.push_back({time + kPeriod * mb, {.type = type, .stage = stage, .microbatch = mb}});
      };
      const ActionType gradient = split ? ActionType::I : ActionType::B;
      add(at.forward_near, ActionType::F, rank);
      add(at.forward_far, ActionType::F, far);
      add(at.gradient_far, gradient, far);
      add(at.gradient_near, gradient, rank);
      if (split) {
        add(at.weight_far, ActionType::W, far);
        add(at.weight_near, ActionType::W, rank);
      }
    }
    std::ranges::sort(timed);
    auto& row = order.emplace_back();
    for (const auto& [time, action] : timed) row.push_back(action);
  }
  return order;
}

std::vector<Places> with_delays(int ranks, const PatternSteps& steps, const std::array<int, 3>& delays) {
  const int last = ranks - 1;
  const int turn = steps.forward_near * last + 1 + delays[0];         // far F on the last rank
  const int head = turn + steps.forward_far * last + 1 + delays[1];   // far gradient on rank 0
  const int back = head + steps.gradient_far * last + 1 + delays[2];  // near gradient on the last rank
  std::vector<Places> places;
  places.reserve(static_cast<std::size_t>(ranks));
  for (int rank = 0; rank < ranks; ++rank) {
    places.push_back({.forward_near = steps.forward_near * rank,
                      .forward_far = turn + steps.forward_far * (last - rank),
                      .gradient_far = head + steps.gradient_far * rank,
                      .gradient_near = back + steps.gradient_near * (last - rank)});
  }
  return places;
}

}  // namespace

PassOrder repeated_pattern(int ranks, int microbatches, const PatternSteps& steps) {
  std::vector<Places> best;
  int least = 3 * kPeriod;
  std::array<int, 3> delays{};
  for (delays[0] = 0; delays[0] < kPeriod; ++delays[0]) {
    for (delays[1] = 0; delays[1] < kPeriod; ++delays[1]) {
      for (delays[2] = 0; delays[2] < kPeriod; ++delays[2]) {
        const int sum = delays[0] + delays[1] + delays[2];
        if (sum >= least) continue;
        std::vector<Places> places = with_delays(ranks, steps, delays);
        if (!std::ranges::all_of(places, slots_differ)) continue;
        best = std::move(places);
        least = sum;
      }
    }
  }
  BRAID_CHECK(!best.empty(), "the steps are chosen so that some delays keep the slots apart");
  std::ranges::for_each(best, place_weights);
  return repeated(ranks, microbatches, best);
}

PassOrder repeated_pattern_of_full_backwards(int ranks, int microbatches) {
  std::vector<Places> places(static_cast<std::size_t>(ranks));
  std::vector<std::array<int, 2>> slots;  // of the two B: pairs of slots that the F leave, an even number apart
  for (int rank = 0; rank < ranks; ++rank) {
    Places& at = places[static_cast<std::size_t>(rank)];
    at.forward_near = rank;
    at.forward_far = 2 * ranks - 1 - rank;
    auto& free = slots.emplace_back();
    int slot = at.forward_near + 1;
    for (int& b : free) {
      if ((slot - at.forward_far) % kPeriod == 0) ++slot;
      b = slot;
      slot += 2;
    }
  }
  int time = 2 * ranks;
  for (int rank = 0; rank < ranks; ++rank) {
    auto& free = slots[static_cast<std::size_t>(rank)];
    if (first_in_slot(time, free[1]) < first_in_slot(time, free[0])) std::swap(free[0], free[1]);
    places[static_cast<std::size_t>(rank)].gradient_far = first_in_slot(time, free[0]);
    time = first_in_slot(time, free[0]) + 2;
  }
  for (int rank = ranks; rank-- > 0;) {
    time = first_in_slot(time, slots[static_cast<std::size_t>(rank)][1]);
    places[static_cast<std::size_t>(rank)].gradient_near = time;
    time += 2;
  }
  return repeated(ranks, microbatches, places);
}

}  // namespace braid
