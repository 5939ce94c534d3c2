// SPDX-License-Identifier: Apache-2.0
// The laws that need no model: bytes over bandwidth, lanes in order, messages and collectives.
#include <gtest/gtest.h>

#include "tests/sim/engine/tiny_program.hpp"
#include "tests/sim/engine/verified.hpp"

namespace braid {
namespace {

TEST(IdealNetwork, TakesASecondForAByteAtAByteASecond) {
  // 0.5 s of compute, then 1 B / (1 B/s) = 1 s: 1.5 s.
  TinyProgram tiny({.pp = 2});
  const auto half = tiny.compute(0.5);
  const auto byte = tiny.message(0, (1_B / 1_Bps).value);
  const auto produced = tiny.op(0, Lane::compute, half);
  const auto ends = tiny.send(0, 1, byte, {produced});
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(t.step_time, 1.5_s);
  EXPECT_EQ(span_of(t, 1, Lane::pp, ends.recv).start, 0.5_s);
  EXPECT_EQ(span_of(t, 1, Lane::pp, ends.recv).end, 1.5_s);
  EXPECT_EQ(span_of(t, 0, Lane::pp, ends.send).end, 1.5_s);
}

TEST(IdealNetwork, PaysTheLatencyBeforeTheBytes) {
  // 10 us + 3 GB / (300 GB/s) = 10 us + 10 ms = 10.01 ms.
  TinyProgram tiny({.pp = 2});
  tiny.send(0, 1, tiny.message((10_us).value, (3_GB / 300_GBps).value));
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_NEAR(t.step_time.value, 10.01e-3, 1e-15);
}

TEST(IdealNetwork, LetsMessagesOfOnePairOverlap) {
  // Two messages of 2 s, posted at 0 and 1: nothing is shared, so they end at 2 and 3.
  TinyProgram tiny({.pp = 2});
  const auto bytes = tiny.message(0, 2);
  const auto first = tiny.send(0, 1, bytes);
  const auto second = tiny.send(0, 1, bytes, {tiny.op(0, Lane::compute, tiny.compute(1))});
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(t, 1, Lane::pp, first.recv).end, 2_s);
  EXPECT_EQ(span_of(t, 1, Lane::pp, second.recv).end, 3_s);
}

TEST(Lanes, RunTheirOpsInProgramOrder) {
  // The second op of the lane could start at 0, but the first waits for the copy until 3: 3 + 1, then + 2 = 6.
  TinyProgram tiny({});
  const auto copied = tiny.op(0, Lane::h2d, tiny.compute(3));
  const auto first = tiny.op(0, Lane::compute, tiny.compute(1), {copied});
  const auto second = tiny.op(0, Lane::compute, tiny.compute(2));
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 1));
  EXPECT_EQ(span_of(t, 0, Lane::compute, first).start, 3_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, second).start, 4_s);
  EXPECT_EQ(t.step_time, 6_s);
}

TEST(Lanes, RunBesideOneAnother) {
  // Copies of 2 s out and 3 s in, and 1 s of compute that waits for both: max(2, 3) + 1 = 4.
  TinyProgram tiny({});
  const auto out = tiny.op(0, Lane::d2h, tiny.compute(2));
  const auto in = tiny.op(0, Lane::h2d, tiny.compute(3));
  tiny.op(0, Lane::compute, tiny.compute(1), {out, in, out});
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 1)).step_time, 4_s);
}

TEST(Launch, KeepsOpsFromStartingBeforeTheHostHasIssuedThem) {
  // 0.1 s each on the GPU, 1 s between launches: op k starts at k + 1, the last of three ends at 3.1.
  TinyProgram tiny({});
  const auto work = tiny.compute(0.1);
  for (int k = 0; k < 3; ++k) tiny.op(0, Lane::compute, work);
  tiny.costs.launches = {.time = {1_s}, .lead = {0_s}};
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 1));
  EXPECT_EQ(span_of(t, 0, Lane::compute, 0).start, 1_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, 2).start, 3_s);
}

TEST(Launch, CostsNothingWhileTheHostIsAhead) {
  // Ops of 5 s, a launch each second: only the first waits, 1 + 3 * 5 = 16.
  TinyProgram tiny({});
  const auto work = tiny.compute(5);
  for (int k = 0; k < 3; ++k) tiny.op(0, Lane::compute, work);
  tiny.costs.launches = {.time = {1_s}, .lead = {0_s}};
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 1)).step_time, 16_s);
}

TEST(Launch, TakesAsLongAsTheKernelsOfAWork) {
  // Host: 3 s for the first op, 1 s for the second, 3 s for the third. The first of 6 s leads its last launch by 2 s:
  // 1..7; the second is launched at 4, runs 7..7.5; the third at 7, so could start at 5, runs 7.5..13.5.
  TinyProgram tiny({});
  const auto many = tiny.compute(6);
  const auto one = tiny.compute(0.5);
  for (const auto work : {many, one, many}) tiny.op(0, Lane::compute, work);
  tiny.costs.launches = {.time = {3_s, 1_s}, .lead = {2_s, 0_s}};
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 1));
  EXPECT_EQ(span_of(t, 0, Lane::compute, 0).start, 1_s);
  EXPECT_EQ(span_of(t, 0, Lane::compute, 1).start, 7_s);
  EXPECT_EQ(t.step_time, 13.5_s);
}

/// Rank 0 computes, sends, and computes something else; rank 1 computes what it has received. All take 1 s, each launch
/// 0.25 s, the message 4 s.
TinyProgram send_between_computes(bool host_waits) {
  TinyProgram tiny({.pp = 2});
  const auto second = tiny.compute(1);
  const auto message = tiny.message(0, 4);
  const auto before = tiny.op(0, Lane::compute, second);
  const auto ends = tiny.send(0, 1, message, {before});
  tiny.op(0, Lane::compute, second);
  tiny.op(1, Lane::compute, second, {ends.recv});
  tiny.costs.launches = {.time = {0.25_s, 0.25_s}, .lead = {0_s, 0_s}};
  tiny.program.host_waits = host_waits;
  return tiny;
}

TEST(Launch, OfWhatFollowsAMessageWaitsForItIfTheHostDoes) {
  // Rank 0 computes 0.25..1.25, bytes move 1.25..5.25. Only a host that waits for them launches the next op at 5.5.
  // Rank 1 has launched its op at 0.5 or, waiting, at 5.5.
  const TinyProgram ahead = send_between_computes(false), waiting = send_between_computes(true);
  const Timeline a = play_ideal(ahead.program, ahead.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(a, 0, Lane::compute, 2).start, 1.25_s);
  EXPECT_EQ(span_of(a, 1, Lane::compute, 1).start, 5.25_s);
  const Timeline w = play_ideal(waiting.program, waiting.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(w, 0, Lane::compute, 2).start, 5.5_s);
  EXPECT_EQ(span_of(w, 1, Lane::compute, 1).start, 5.5_s);
}

TEST(Launch, BehindTwoWaitsComesAfterTheSecond) {
  // Rank 0 sends 4 s of bytes, copies, sends 1 s of bytes, copies: the first copy waits for 4, the second message is
  // launched behind it and ends at 4 + 0.25 + 0.25 + 1 = 5.5, so that the second copy starts at 5.75.
  TinyProgram tiny({.pp = 2});
  const auto copy = tiny.compute(0.125);
  const auto first = tiny.message(0, 4), second = tiny.message(0, 1);
  tiny.send(0, 1, first);
  tiny.op(0, Lane::d2h, copy);
  tiny.send(0, 1, second);
  const auto last = tiny.op(0, Lane::h2d, copy);
  tiny.costs.launches = {.time = {0.25_s, 0_s, 0.25_s}, .lead = {0_s, 0_s, 0_s}};
  tiny.program.host_waits = true;
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(t, 0, Lane::h2d, last).start, 5.75_s);
}

TEST(BatchedMessages, StartWhenAllOfTheBatchArePosted) {
  // Rank 0 sends at once and receives; rank 1 posts both its ends after 4 s. Both messages move from 4 to 5.
  TinyProgram tiny({.pp = 2}, P2pMode::batched);
  const auto bytes = tiny.message(0, 1);
  const auto late = tiny.op(1, Lane::compute, tiny.compute(4));
  const auto there = tiny.send(0, 1, bytes, {}, {late});
  const auto back = tiny.send(1, 0, bytes, {late}, {}, 0);
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(t, 0, Lane::pp, there.send).start, 4_s);
  EXPECT_EQ(span_of(t, 0, Lane::pp, back.recv).start, 4_s);
  EXPECT_EQ(t.step_time, 5_s);
}

TEST(EagerMessages, AreNotDelayedByTheReceiver) {
  // The receiver is busy until 4 s, and even if its op is said to wait for that, the message moves from 0 to 1.
  TinyProgram tiny({.pp = 2});
  const auto late = tiny.op(1, Lane::compute, tiny.compute(4));
  const auto ends = tiny.send(0, 1, tiny.message(0, 1), {}, {late});
  const Timeline t = simulate_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(span_of(t, 1, Lane::pp, ends.recv).end, 1_s);
}

TEST(Collectives, StartWhenTheLastMemberArrives) {
  // Rank (tp 1) is half as fast: its 1 s takes 2 s, so both all-reduces run from 2 to 2 + 0.25 + 3.
  TinyProgram tiny({.tp = 2});
  const auto before = tiny.op(0, Lane::compute, tiny.compute(1));
  const auto reduce = tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 0.25, 3), {before});
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), {.slowdown = {1, 2}});
  ASSERT_EQ(t.ranks.size(), 2u);
  EXPECT_EQ(t.multiplicity, 1);
  for (int rank : {0, 1}) {
    EXPECT_EQ(span_of(t, rank, Lane::tp, reduce).start, 2_s);
    EXPECT_EQ(span_of(t, rank, Lane::tp, reduce).end, 5.25_s);
  }
}

TEST(Collectives, SpanTheGpusThatDifferInTheirCoordinateOnly) {
  // tp 2, dp 2, order tp fastest: GPU = tp + 2 dp. GPU 3 takes 5 s, the others 1 s, then a dp all-reduce of 1 s:
  // {1, 3} start at 5, {0, 2} at 1.
  TinyProgram tiny({.tp = 2, .dp = 2});
  const auto before = tiny.op(0, Lane::compute, tiny.compute(1));
  const auto reduce = tiny.op(0, Lane::dp, tiny.collective(Scope::dp, 0, 1), {before});
  const Timeline t =
      play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 4), {.fold = false, .slowdown = {1, 1, 1, 5}});
  EXPECT_EQ(span_of(t, 0, Lane::dp, reduce).start, 1_s);
  EXPECT_EQ(span_of(t, 2, Lane::dp, reduce).start, 1_s);
  EXPECT_EQ(span_of(t, 1, Lane::dp, reduce).start, 5_s);
  EXPECT_EQ(span_of(t, 3, Lane::dp, reduce).end, 6_s);
}

TEST(Collectives, OfOneMemberTakeNoTime) {
  // tp 1: the all-reduce joins nobody, whatever its cost says. 1 + 0 + 1 = 2.
  TinyProgram tiny({.tp = 1, .dp = 2});
  const auto work = tiny.compute(1);
  const auto before = tiny.op(0, Lane::compute, work);
  const auto reduce = tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 7, 7), {before});
  tiny.op(0, Lane::compute, work, {reduce});
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2)).step_time, 2_s);
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 2), {.fold = false}).step_time, 2_s);
}

TEST(Timeline, NamesRanksByGpuWhenUnfolded) {
  // pp fastest: pipeline rank 1 of dp replica 1 is GPU 1 + 2 * 1 = 3, and starts behind nobody.
  TinyProgram tiny({.tp = 1, .pp = 2, .dp = 2, .order = RankOrder::pp_tp_dp});
  const auto work = tiny.compute(1);
  tiny.op(0, Lane::compute, work);
  tiny.op(1, Lane::compute, work);
  tiny.op(1, Lane::compute, work);
  const Timeline t = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 4), {.fold = false});
  ASSERT_EQ(t.ranks.size(), 4u);
  for (int rank = 0; rank < 4; ++rank) {
    EXPECT_EQ(t.ranks[static_cast<std::size_t>(rank)].rank, rank);
    const auto& spans = t.ranks[static_cast<std::size_t>(rank)].lanes[0];
    EXPECT_EQ(spans.size(), rank % 2 == 0 ? 1u : 2u);
    EXPECT_EQ(spans[0].key.rank, rank);
  }
  const Timeline folded = play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 4));
  EXPECT_EQ(folded.ranks.size(), 2u);
  EXPECT_EQ(folded.multiplicity, 2);
}

}  // namespace
}  // namespace braid
