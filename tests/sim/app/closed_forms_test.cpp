// SPDX-License-Identifier: Apache-2.0
// Bars 4 and 5: published formulas of bubbles hold on random stages, microbatches and times; STP's rule is refused.
//
// Bubble here is the makespan less the work m v (F + I + W) of a rank, all times those of one chunk; an all-reduce
// that nothing hides is not work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sim/schedule/generators.hpp"
#include "tests/sim/app/verified.hpp"

namespace braid {
namespace {

constexpr unsigned kSeed = 20251027;
constexpr int kDraws = 200;

/// The same numbers with every library, unlike std::uniform_real_distribution.
class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}
  double real(double least, double most) { return least + (most - least) * (random_() / 4294967296.0); }
  int whole(int least, int most) {
    return least + static_cast<int>(random_() % static_cast<unsigned>(most - least + 1));
  }

 private:
  std::mt19937 random_;
};

std::string told(int draw, int p, int m, const CellCosts& c) {
  std::ostringstream text;
  text << "seed " << kSeed << ", draw " << draw << ": p=" << p << " m=" << m << " f=" << c.f << " i=" << c.i
       << " w=" << c.w << " ar=" << c.all_reduce;
  return text.str();
}

TEST(ClosedForms, OfInterleaved1F1BHoldsWithAnAllReduceNoLongerThanW) {
  // A rank is busy for 2m (F + AR + I + W): a lone F pays AR, W hides that of a full B. It waits for (p-1) such passes.
  // bubble = (p-1)(F + AR + I + W) + 2 m AR, for v = 2 and p dividing m.
  std::cout << "seed " << kSeed << '\n';
  Draw draw(kSeed);
  for (int n = 0; n < kDraws; ++n) {
    const int p = draw.whole(2, 8), m = p * draw.whole(1, 6);
    CellCosts c{.f = draw.real(0.1, 4), .i = draw.real(0.1, 4), .w = draw.real(0.1, 4)};
    c.all_reduce = draw.real(0, c.w);
    SCOPED_TRACE(told(n, p, m, c));
    const AbstractPlay play =
        test::verified_play(interleaved_one_f_one_b({.stages = p, .microbatches = m, .chunks = 2}), c);
    const double bubble = (p - 1) * (c.f + c.all_reduce + c.i + c.w) + 2 * m * c.all_reduce;
    ASSERT_NEAR(play.bubble_global, bubble, 1e-9 * play.makespan);
  }
}

TEST(ClosedForms, OfInterleaved1F1BFailsWhereTheAllReduceIsLongerThanW) {
  // p = 2, m = 2, F = I = W = 1, AR = 2: a full B then takes I + AR, so a rank is busy for 4 (3 + 3) = 24 and waits for
  // one pass of 6 more: 30 - 12 = 18. The formula above would say (1 + 2 + 1 + 1) + 4 * 2 = 13.
  const AbstractPlay play =
      test::verified_play(interleaved_one_f_one_b({.stages = 2, .microbatches = 2, .chunks = 2}), {.all_reduce = 2});
  EXPECT_EQ(play.bubble_global, 18);
}

TEST(ClosedForms, OfStpHoldsWithoutAllReduceWhereWIsTheShortest) {
  // bubble = (p-1) [F + I - W + (F - W) + max(F - W, I - W)].
  std::cout << "seed " << kSeed + 1 << '\n';
  Draw draw(kSeed + 1);
  for (int n = 0; n < kDraws; ++n) {
    const int p = draw.whole(2, 8), m = 3 * p - 1 + draw.whole(0, 20);
    CellCosts c{.w = draw.real(0.1, 3)};
    c.f = c.w * draw.real(1, 3);
    c.i = c.w * draw.real(1, 3);
    SCOPED_TRACE(told(n, p, m, c));
    const AbstractPlay play = test::verified_play(stp({.stages = p, .microbatches = m}), c);
    const double bubble = (p - 1) * (c.f + c.i - c.w + (c.f - c.w) + std::max(c.f - c.w, c.i - c.w));
    ASSERT_NEAR(play.bubble_global, bubble, 1e-9 * play.makespan);
  }
}

TEST(ClosedForms, OfStpAtEqualTimesIsThePapersWithTheLoneForwardsOfTheLastRank) {
  // F = I = W, AR <= W: bubble = lone AR + (p-1)(F + AR + I - W). The paper has lone = 2p + 1, which is exact for odd
  // p; for even p the last rank is an odd one and has 2p, so the paper's formula is one AR too high.
  Draw draw(kSeed + 2);
  for (int p = 2; p <= 7; ++p) {
    for (int m = 3 * p - 1; m < 3 * p + 9; ++m) {
      const double t = draw.real(0.5, 2);
      const CellCosts c{.f = t, .i = t, .w = t, .all_reduce = t * draw.real(0, 1)};
      SCOPED_TRACE(told(m, p, m, c));
      const AbstractPlay play = test::verified_play(stp({.stages = p, .microbatches = m}), c);
      const int lone = p % 2 == 1 ? 2 * p + 1 : 2 * p;
      const double bubble = lone * c.all_reduce + (p - 1) * (c.f + c.all_reduce + c.i - c.w);
      EXPECT_NEAR(play.bubble_global, bubble, 1e-9 * play.makespan);
    }
  }
}

TEST(ClosedForms, OfStpCountItsLoneForwards) {
  // 2p + 1 on even ranks, 2p on odd ones, whatever m.
  Draw draw(kSeed + 3);
  for (int n = 0; n < kDraws; ++n) {
    const int p = draw.whole(2, 16), m = 3 * p - 1 + draw.whole(0, 40);
    const Schedule schedule = stp({.stages = p, .microbatches = m});
    for (int rank = 0; rank < p; ++rank) {
      const auto& row = schedule.rows[static_cast<std::size_t>(rank)];
      const auto lone = std::count_if(row.begin(), row.end(), [](const Cell& cell) {
        return cell.actions.size() == 1 && cell.actions[0].type == ActionType::F;
      });
      ASSERT_EQ(lone, rank % 2 == 0 ? 2 * p + 1 : 2 * p) << "seed " << kSeed + 3 << " p=" << p << " m=" << m;
    }
  }
}

TEST(ClosedForms, OfStpGiveItsMakespanAndPeaksAtUnitCosts) {
  // 6m + p - 1 slots, idle for r slots before the first op; 3p live chunks netted and 3p + 1 inclusive on every rank;
  // held until W, ranks 0 and 1 have 3p + 1 and every further one more, the last 4p - 1.
  for (int p = 2; p <= 9; ++p) {
    for (int m = 3 * p - 1; m < 3 * p + 8; ++m) {
      SCOPED_TRACE("p=" + std::to_string(p) + " m=" + std::to_string(m));
      for (P2pMode mode : {P2pMode::eager, P2pMode::batched}) {
        const AbstractPlay play = test::verified_play(stp({.stages = p, .microbatches = m}), {}, mode);
        EXPECT_EQ(play.makespan, 6 * m + p - 1);
        for (int r = 0; r < p; ++r) {
          const AbstractRank& rank = play.ranks[static_cast<std::size_t>(r)];
          EXPECT_EQ(rank.first_start, r);
          EXPECT_EQ(rank.peak_netted, 3 * p);
          EXPECT_EQ(rank.peak_inclusive, 3 * p + 1);
          EXPECT_EQ(rank.peak_until_w, 3 * p + std::max(1, r));
        }
      }
    }
  }
}

TEST(ClosedForms, OfOneFOneBAndGPipeHoldWithMessagesThatCostNothing) {
  // bubble = (p-1)(F + I + W) for both, v = 1.
  Draw draw(kSeed + 4);
  for (int n = 0; n < kDraws; ++n) {
    const int p = draw.whole(1, 8), m = draw.whole(1, 20);
    const CellCosts c{.f = draw.real(0.1, 4), .i = draw.real(0.1, 4), .w = draw.real(0.1, 4)};
    SCOPED_TRACE(told(n, p, m, c));
    for (const char* name : {"1f1b", "gpipe"}) {
      const AbstractPlay play = test::verified_play(generate_schedule(name, {.stages = p, .microbatches = m}), c);
      ASSERT_NEAR(play.bubble_global, (p - 1) * (c.f + c.i + c.w), 1e-9 * play.makespan) << name;
    }
  }
}

TEST(StpRule, RefusesFewerMicrobatchesThanThreePLessOneAndNamesTheNumber) {
  for (int p = 2; p <= 12; ++p) {
    const int least = 3 * p - 1;
    EXPECT_NO_THROW(stp({.stages = p, .microbatches = least}));
    for (const int m : {1, p, 2 * p, least - 1}) {
      try {
        stp({.stages = p, .microbatches = m});
        ADD_FAILURE() << "p=" << p << " m=" << m << " was taken";
      } catch (const Error& error) {
        EXPECT_THAT(error.what(),
                    testing::AllOf(testing::HasSubstr("3p-1"), testing::HasSubstr(std::to_string(least))));
      }
    }
  }
}

}  // namespace
}  // namespace braid
