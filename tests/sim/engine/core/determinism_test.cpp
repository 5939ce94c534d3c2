// SPDX-License-Identifier: Apache-2.0
// Same input, same bytes; and neither the order of storage nor of equal times has a say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/engine/core/jitter.hpp"
#include "tests/sim/engine/synthetic_program.hpp"
#include "tests/sim/engine/tiny_program.hpp"
#include "tests/sim/engine/verified.hpp"

namespace braid {
namespace {

Synthetic example() {
  return synthetic_program({.placement = {.tp = 2, .pp = 4, .dp = 1}, .microbatches = 9, .layers = 2, .stretch = 0.7});
}

TEST(Determinism, GivesTheSameBytesTwice) {
  const Synthetic s = example();
  const EngineOptions options{.fold = false, .seed = 3, .jitter = 0.05};
  const auto once = all_times(play_ideal(s.program, s.costs, tiny_cluster(2, 4), options));
  const auto twice = all_times(play_ideal(s.program, s.costs, tiny_cluster(2, 4), options));
  EXPECT_EQ(once, twice);
}

TEST(Determinism, DependsOnTheSeed) {
  const Synthetic s = example();
  const auto step = [&](std::uint64_t seed) {
    return play_ideal(s.program, s.costs, tiny_cluster(2, 4), {.seed = seed, .jitter = 0.05}).step_time;
  };
  EXPECT_EQ(step(1), step(1));
  EXPECT_NE(step(1), step(2));
}

TEST(Determinism, IsBlindToTheNumbersOfRanksMessagesAndBatches) {
  // Pipeline rank r becomes rank 3 - r, and messages and batches are numbered backwards: every tie between ranks is
  // broken the other way round, and every time must stay the same to the bit.
  const Synthetic s = example();
  Synthetic turned = s;
  const int last = static_cast<int>(s.program.ranks.size()) - 1;
  std::ranges::reverse(turned.program.ranks);
  std::ranges::reverse(turned.program.messages);
  std::ranges::reverse(turned.program.batch_size);
  const auto messages = static_cast<std::uint32_t>(s.program.messages.size());
  for (Message& message : turned.program.messages) {
    message.from = last - message.from;
    message.to = last - message.to;
    message.batch = messages - 1 - message.batch;
  }
  for (RankProgram& rank : turned.program.ranks) {
    for (Op& op : rank.ops) {
      if (op.message != kNoMessage) op.message = messages - 1 - op.message;
    }
  }
  const Timeline a = play_ideal(s.program, s.costs, tiny_cluster(2, 4));
  const Timeline b = play_ideal(turned.program, turned.costs, tiny_cluster(2, 4));
  for (int r = 0; r <= last; ++r) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const auto& x = a.ranks[static_cast<std::size_t>(r)].lanes[lane];
      const auto& y = b.ranks[static_cast<std::size_t>(last - r)].lanes[lane];
      ASSERT_EQ(x.size(), y.size());
      for (std::size_t n = 0; n < x.size(); ++n) {
        ASSERT_EQ(x[n].key.index, y[n].key.index);
        ASSERT_EQ(x[n].start, y[n].start);
        ASSERT_EQ(x[n].end, y[n].end);
        ASSERT_EQ(x[n].stretch, y[n].stretch);
      }
    }
  }
}

TEST(Jitter, HasTheAskedMeanAndDeviation) {
  // 100 000 factors: the mean's standard error is 0.1 / sqrt(1e5) = 3e-4, that of the deviation about 2.3e-4.
  double sum = 0, squares = 0;
  const int n = 100'000;
  for (int k = 0; k < n; ++k) {
    const double factor = jitter_factor(42, static_cast<std::uint32_t>(k % 100), static_cast<std::uint32_t>(k), 0.1);
    ASSERT_GT(factor, 0);
    sum += factor;
    squares += factor * factor;
  }
  EXPECT_NEAR(sum / n, 1, 2e-3);
  EXPECT_NEAR(std::sqrt(squares / n - sum / n * (sum / n)), 0.1, 2e-3);
  EXPECT_EQ(jitter_factor(42, 1, 1, 0), 1.0);
}

TEST(Jitter, ChangesOneRankWithoutTouchingTheOthers) {
  // Factors hang on (seed, rank, op): two independent ranks keep theirs whatever else is played.
  TinyProgram one({.tp = 1, .pp = 1});
  one.op(0, Lane::compute, one.compute(1));
  TinyProgram two({.tp = 1, .pp = 2});
  const auto work = two.compute(1);
  two.op(0, Lane::compute, work);
  two.op(1, Lane::compute, work);
  const EngineOptions options{.seed = 5, .jitter = 0.2};
  const Timeline a = play_ideal(one.program, one.costs, tiny_cluster(1, 2), options);
  const Timeline b = play_ideal(two.program, two.costs, tiny_cluster(1, 2), options);
  EXPECT_EQ(span_of(a, 0, Lane::compute, 0).end, span_of(b, 0, Lane::compute, 0).end);
  EXPECT_NE(span_of(b, 0, Lane::compute, 0).end, span_of(b, 1, Lane::compute, 0).end);
}

}  // namespace
}  // namespace braid
