// SPDX-License-Identifier: Apache-2.0
// A schedule at abstract costs, worked out by hand on two ranks.
#include "sim/app/abstract_play.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sim/schedule/generators.hpp"
#include "sim/schedule/pytorch_csv.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

TEST(AbstractPlay, OfGPipeByHand) {
  // p = 2, m = 2, F = 1, B = 2: rank 0 F 0-1 1-2, rank 1 F 1-2 2-3, B 3-5 5-7, rank 0 B 5-7 7-9. Work 6, makespan 9.
  const AbstractPlay play = test::verified_play(gpipe({.stages = 2, .microbatches = 2}));
  EXPECT_EQ(play.makespan, 9);
  EXPECT_EQ(play.bubble_global, 3);
  EXPECT_EQ(play.bubble_span, 3);
  EXPECT_EQ(play.ranks[0].first_start, 0);
  EXPECT_EQ(play.ranks[0].last_end, 9);
  EXPECT_EQ(play.ranks[1].first_start, 1);
  EXPECT_EQ(play.ranks[1].last_end, 7);
  EXPECT_EQ(play.ranks[0].work, 6);
}

TEST(AbstractPlay, PaysTheAllReduceOfALonePassAndHidesThatOfB) {
  // One rank: F = 1 + ar, B = i + max(w, ar). ar = 0.5: 1.5 + 1 + 1 = 3.5. ar = 3: 4 + 1 + 3 = 8.
  const Schedule one = gpipe({.stages = 1, .microbatches = 1});
  EXPECT_EQ(test::verified_play(one, {.all_reduce = 0.5}).makespan, 3.5);
  EXPECT_EQ(test::verified_play(one, {.all_reduce = 3}).makespan, 8);
}

TEST(AbstractPlay, PaysTheAllReduceOfILoneButNothingInABraid) {
  // F, I, W alone: (1 + 2) + (1 + 2) + 1 = 7. Two microbatches: F0 3, [F1;B0] 1 + 1 + 1, B1 1 + max(1, 2): 9.
  EXPECT_EQ(test::verified_play(parse_schedule("0F0,0I0,0W0\n", "split"), {.all_reduce = 2}).makespan, 7);
  EXPECT_EQ(test::verified_play(parse_schedule("0F0,(0F1;0B0)OVERLAP_F_B,0B1\n", "braid"), {.all_reduce = 2}).makespan,
            9);
}

TEST(AbstractPlay, DelaysWhatNeedsAMessage) {
  // p = 2, m = 1, p2p = 0.25: F 0-1, F 1.25-2.25, B 2.25-4.25, B 4.5-6.5; batched the same, nothing else to wait for.
  for (const P2pMode mode : {P2pMode::eager, P2pMode::batched}) {
    const AbstractPlay play = test::verified_play(gpipe({.stages = 2, .microbatches = 1}), {.p2p = 0.25}, mode);
    EXPECT_EQ(play.makespan, 6.5);
    EXPECT_EQ(play.ranks[1].first_start, 1.25);
  }
}

TEST(AbstractPlay, GivesAPauseTheEndOfTheCellBefore) {
  const AbstractPlay play = test::verified_play(parse_schedule(",0F0,,0B0\n", "pauses"));
  EXPECT_EQ(play.cell_start[0], (std::vector<double>{0, 0, 1, 1}));
  EXPECT_EQ(play.cell_end[0], (std::vector<double>{0, 1, 1, 3}));
}

/// A schedule in which every rank always takes any of the passes that could run: nothing like a published one.
Schedule random_schedule(int p, int v, int m, std::mt19937& random) {
  Schedule schedule{.name = "random", .microbatches = m, .rows = std::vector<std::vector<Cell>>(std::size_t(p))};
  const int stages = p * v;
  const bool v_shaped = random() % 2 == 0;
  for (int s = 0; s < stages; ++s) {
    schedule.rank_of_stage.push_back(v_shaped && s / p % 2 == 1 ? p - 1 - s % p : s % p);
  }
  const bool split = random() % 2 == 0;
  std::vector<Action> left;
  for (int s = 0; s < stages; ++s) {
    for (int mb = 0; mb < m; ++mb) {
      left.push_back({ActionType::F, s, mb});
      left.push_back({split ? ActionType::I : ActionType::B, s, mb});
      if (split) left.push_back({ActionType::W, s, mb});
    }
  }
  const auto waits = [&](const Action& a) {
    return std::ranges::any_of(left, [&](const Action& b) {
      if (b.microbatch != a.microbatch) return false;
      if (a.type == ActionType::F) return b.type == ActionType::F && b.stage == a.stage - 1;
      if (a.type == ActionType::W) return b.type == ActionType::I && b.stage == a.stage;
      return (b.type == ActionType::F && b.stage == a.stage) || (b.type == a.type && b.stage == a.stage + 1);
    });
  };
  while (!left.empty()) {
    const std::size_t at = random() % left.size();
    if (waits(left[at])) continue;
    const Action action = left[at];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(at));
    schedule.rows[static_cast<std::size_t>(schedule.rank_of(action.stage, action.microbatch))].push_back({{action}});
  }
  return schedule;
}

TEST(AbstractPlay, OfAnyOrderThatRunsAtAllRunsWithBatchedMessages) {
  // Ranks must not come to wait for one another through the groups that messages form.
  constexpr unsigned kSeed = 4711;
  std::cout << "seed " << kSeed << '\n';
  std::mt19937 random(kSeed);
  for (int draw = 0; draw < 300; ++draw) {
    const int p = 2 + static_cast<int>(random() % 5), v = 1 + static_cast<int>(random() % 3);
    const int m = 1 + static_cast<int>(random() % 7);
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " draw " + std::to_string(draw));
    const Schedule schedule = random_schedule(p, v, m, random);
    throw_if_any(check(schedule));
    const AbstractPlay batched = test::verified_play(schedule, {.p2p = 0.25}, P2pMode::batched);
    EXPECT_GE(batched.makespan, 3 * v * m);
  }
}

TEST(CellCostsText, ReadsNamesInAnyOrderAndKeepsDefaults) {
  const CellCosts costs = parse_cell_costs("w=0.5,f=2,p2p=1e-3");
  EXPECT_EQ(costs.f, 2);
  EXPECT_EQ(costs.i, 1);
  EXPECT_EQ(costs.w, 0.5);
  EXPECT_EQ(costs.all_reduce, 0);
  EXPECT_EQ(costs.p2p, 1e-3);
}

TEST(CellCostsText, RefusesWhatIsNoCost) {
  for (const char* text :
       {"x=1", "f", "f=", "f=one", "f=1s", "f=-1", "f=nan", "f=inf", "f=1e30", "f=1;i=1", ",", "=1"}) {
    EXPECT_THROW(parse_cell_costs(text), Error) << text;
  }
}

}  // namespace
}  // namespace braid
