// SPDX-License-Identifier: Apache-2.0
// Contention inside a GPU: an op beside a communication advances at rate 1 / (1 + stretch), piecewise.
#include <gtest/gtest.h>

#include "tests/sim/engine/tiny_program.hpp"
#include "tests/sim/engine/verified.hpp"

namespace braid {
namespace {

TEST(Contention, StretchesAnOpOnlyWhileTheOtherRuns) {
  // 4 s of compute beside a 2 s copy-like all-reduce from 0 to 2 with stretch 1: it does 2 / (1 + 1) = 1 s of work
  // by 2, and the other 3 s alone: ends at 5, of which 1 is stretch.
  TinyProgram tiny({.tp = 2});
  const auto work = tiny.compute(4);
  const auto reduce = tiny.collective(Scope::tp, 0, 2);
  tiny.stretch(work, reduce, 1);
  tiny.op(0, Lane::tp, reduce);
  const auto op = tiny.op(0, Lane::compute, work);
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(t, 0, Lane::compute, op).end, 5_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, op).stretch, 1_s);
}

TEST(Contention, AddsUpWhatRunsAtTheSameTime) {
  // 10 s of compute from 0. A tp collective runs 1..5 (stretch 1), a dp one 3..7 (stretch 2).
  // 0..1 rate 1: 1 done. 1..3 rate 1/2: 2 done. 3..5 rate 1/4: 2.5 done. 5..7 rate 1/3: 2.5 + 2/3. Left 10 - 19/6 =
  // 41/6, alone: ends at 7 + 41/6 = 83/6, stretch 23/6.
  TinyProgram tiny({.tp = 2, .dp = 2});
  const auto work = tiny.compute(10);
  const auto tp = tiny.collective(Scope::tp, 0, 4);
  const auto dp = tiny.collective(Scope::dp, 1, 3);
  tiny.stretch(work, tp, 1);
  tiny.stretch(work, dp, 2);
  const auto after_1 = tiny.op(0, Lane::h2d, tiny.compute(1));
  const auto after_3 = tiny.op(0, Lane::d2h, tiny.compute(3));
  tiny.op(0, Lane::tp, tp, {after_1});
  tiny.op(0, Lane::dp, dp, {after_3});
  const auto op = tiny.op(0, Lane::compute, work);
  for (bool fold : {true, false}) {
    const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 4), {.fold = fold});
    EXPECT_NEAR(span_of(t, 0, Lane::compute, op).end.value, 83.0 / 6, 1e-13);
    EXPECT_NEAR(span_of(t, 0, Lane::compute, op).stretch.value, 23.0 / 6, 1e-13);
  }
}

TEST(Contention, SlowsBothEndsWhileAMessageMoves) {
  // A message of 2 s is posted at 1 and moves 1..3; both ranks compute 4 s from 0 with stretch 0.5:
  // 1 + 2 / 1.5 done by 3, left 5/3: end at 14/3, stretch 2/3. Waiting in the batch slows nobody.
  TinyProgram tiny({.pp = 2}, P2pMode::batched);
  const auto work = tiny.compute(4);
  const auto bytes = tiny.message(0, 2);
  tiny.stretch(work, bytes, 0.5);
  const auto delay = tiny.op(1, Lane::h2d, tiny.compute(1));
  tiny.send(0, 1, bytes, {}, {delay});
  const auto a = tiny.op(0, Lane::compute, work);
  const auto b = tiny.op(1, Lane::compute, work);
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_NEAR(span_of(t, 0, Lane::compute, a).end.value, 14.0 / 3, 1e-14);
  EXPECT_NEAR(span_of(t, 1, Lane::compute, b).end.value, 14.0 / 3, 1e-14);
  EXPECT_NEAR(span_of(t, 1, Lane::compute, b).stretch.value, 2.0 / 3, 1e-14);
}

TEST(Contention, LeavesOpsThatOnlyTouchInTimeAlone) {
  // Compute 0..1 and 3..4, an all-reduce 1..3 between them: nothing overlaps, so no stretch at all.
  TinyProgram tiny({.tp = 2});
  const auto work = tiny.compute(1);
  const auto reduce = tiny.collective(Scope::tp, 0, 2);
  tiny.stretch(work, reduce, 9);
  const auto before = tiny.op(0, Lane::compute, work);
  const auto between = tiny.op(0, Lane::tp, reduce, {before});
  const auto after = tiny.op(0, Lane::compute, work, {between});
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(t, 0, Lane::compute, before).stretch, 0_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, after).end, 4_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, after).stretch, 0_s);
}

TEST(Contention, SpeedsUpAgainWhenACommunicationEndsEarly) {
  // Two ops after one another beside a 3 s all-reduce, stretch 2: the first (1 s) takes 3 s, exactly as long as the
  // all-reduce; the second is alone. 3 + 1 = 4.
  TinyProgram tiny({.tp = 2});
  const auto work = tiny.compute(1);
  const auto reduce = tiny.collective(Scope::tp, 1, 2);
  tiny.stretch(work, reduce, 2);
  tiny.op(0, Lane::tp, reduce);
  const auto first = tiny.op(0, Lane::compute, work);
  const auto second = tiny.op(0, Lane::compute, work);
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(t, 0, Lane::compute, first).stretch, 2_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, second).end, 4_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, second).stretch, 0_s);
}

TEST(Contention, CountsWorkOfZeroStretchAsNothing) {
  // The same overlap, but the table says this collective takes nothing from this op: 4 s stay 4 s to the bit.
  TinyProgram tiny({.tp = 2});
  const auto work = tiny.compute(4);
  const auto other = tiny.compute(1);
  const auto reduce = tiny.collective(Scope::tp, 0, 2);
  tiny.stretch(other, reduce, 3);
  tiny.op(0, Lane::tp, reduce);
  tiny.op(0, Lane::compute, work);
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2)).step_time, 4_s);
}

}  // namespace
}  // namespace braid
