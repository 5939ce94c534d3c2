// SPDX-License-Identifier: Apache-2.0
// How transfers share links, by hand; and the traps of SimGrid 3.32 that would give other numbers.
#include <gtest/gtest.h>

#include "tests/sim/engine/simgrid/verified_simgrid.hpp"
#include "tests/sim/engine/tiny_program.hpp"

namespace braid {
namespace {

double end_of(const Timeline& t, int rank, std::uint32_t recv) { return span_of(t, rank, Lane::pp, recv).end.value; }

TEST(Simgrid, TakesASecondForAByteAtAByteASecond) {
  // 0.5 s of compute, then 1 B / (1 B/s) = 1 s: 1.5 s. Two messages of the pair, so that it cannot be closed form.
  TinyProgram tiny({.pp = 2});
  const auto byte = tiny.message(0, (1_B / 1_Bps).value);
  const auto produced = tiny.op(0, Lane::compute, tiny.compute(0.5));
  const auto first = tiny.send(0, 1, byte, {produced});
  const auto later = tiny.op(0, Lane::compute, tiny.compute(3), {first.send});
  tiny.send(0, 1, byte, {later});
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(t.flows, 2u);
  EXPECT_DOUBLE_EQ(end_of(t, 1, first.recv), 1.5);
  EXPECT_DOUBLE_EQ(t.step_time.value, 5.5);  // 1.5 + 3 + 1
}

TEST(Simgrid, PaysTheLatencyBeforeTheBytes) {
  // 10 us + 3 GB / (300 GB/s) = 10.01 ms. SimGrid's default window (gamma 4 MiB over twice 10 us: 210 GB/s) would
  // give 14.3 ms.
  Cluster cluster = tiny_cluster(1, 2);
  cluster.intra_bandwidth = 300_GBps;
  TinyProgram tiny({.pp = 2});
  tiny.send(0, 1, tiny.message((10_us).value, (3_GB / 300_GBps).value));
  const Timeline t = play_simgrid(tiny.program, tiny.costs, cluster, {.closed_form = false});
  EXPECT_EQ(t.flows, 1u);
  EXPECT_NEAR(t.step_time.value, 10.01e-3, 1e-13);
}

TEST(Simgrid, DoesNotModelTcp) {
  // 1 MB at 50 GB/s is 20 us, after 2 us of latency: 22 us. SimGrid's default model, LV08, says 46.6 us.
  Cluster cluster = tiny_cluster(1, 2);
  cluster.intra_bandwidth = 50_GBps;
  TinyProgram tiny({.pp = 2});
  tiny.send(0, 1, tiny.message(2e-6, 1e6 / 50e9));
  const Timeline t = play_simgrid(tiny.program, tiny.costs, cluster, {.closed_form = false});
  EXPECT_NEAR(t.step_time.value, 22e-6, 1e-14);
}

TEST(Simgrid, LetsTwoFlowsOnALinkTakeTwiceAsLong) {
  // Two messages of 1 s from GPU 0, one to each of two others: they share its port, 2 s each.
  TinyProgram tiny({.pp = 3});
  const auto bytes = tiny.message(0, 1);
  const auto one = tiny.send(0, 1, bytes);
  const auto two = tiny.send(0, 2, bytes);
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 4));
  EXPECT_EQ(t.flows, 2u);
  EXPECT_DOUBLE_EQ(end_of(t, 1, one.recv), 2);
  EXPECT_DOUBLE_EQ(end_of(t, 2, two.recv), 2);
  EXPECT_EQ(play_ideal(tiny.program, tiny.costs, tiny_cluster(1, 4)).step_time, 1_s);
}

TEST(Simgrid, SharesByTheFlowsPresent) {
  // Volumes 4, 4 and 1 from one port of rate 1, starting at 0, 2 and 3.
  // 0..2: A alone, 2 left. 2..3: A, B at 1/2: A 1.5 left, B 3.5. 3..6: thirds: C's 1 done at 6, A 0.5, B 2.5 left.
  // 6..7: halves: A done at 7, B 2 left, alone: 9.
  TinyProgram tiny({.pp = 4});
  const auto four = tiny.message(0, 4), one = tiny.message(0, 1);
  const auto at_2 = tiny.op(0, Lane::compute, tiny.compute(2));
  const auto at_3 = tiny.op(0, Lane::compute, tiny.compute(1), {at_2});
  const auto a = tiny.send(0, 1, four);
  const auto b = tiny.send(0, 2, four, {at_2});
  const auto c = tiny.send(0, 3, one, {at_3});
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 4));
  EXPECT_NEAR(end_of(t, 3, c.recv), 6, 1e-12);
  EXPECT_NEAR(end_of(t, 1, a.recv), 7, 1e-12);
  EXPECT_NEAR(end_of(t, 2, b.recv), 9, 1e-12);
}

TEST(Simgrid, SharesAlikeWhateverTheLatencies) {
  // Latencies of 1 and 5 s, then 8 s of bytes each from one port. SimGrid would share 5 : 1 by latency. By hand:
  // 1..5 A alone, 4 left; 5..13 halves, A done; B has 4 left: 17.
  TinyProgram tiny({.pp = 3});
  const auto a = tiny.send(0, 1, tiny.message(1, 8));
  const auto b = tiny.send(0, 2, tiny.message(5, 8));
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 4));
  EXPECT_NEAR(end_of(t, 1, a.recv), 13, 1e-11);
  EXPECT_NEAR(end_of(t, 2, b.recv), 17, 1e-11);
}

TEST(Simgrid, KeepsTheTwoDirectionsOfALinkApart) {
  // There and back at once: 1 s each. SimGrid's default cross traffic would add 5 %.
  TinyProgram tiny({.pp = 2});
  const auto bytes = tiny.message(0, 1);
  tiny.send(0, 1, bytes);
  tiny.send(1, 0, bytes);
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 2), {.closed_form = false});
  EXPECT_EQ(t.flows, 2u);
  EXPECT_DOUBLE_EQ(t.step_time.value, 1);
}

TEST(Simgrid, KeepsEventsThatLieWithinItsDefaultPrecisionApart) {
  // Two messages of 10 and 10.5 ns side by side, and a chain of 1000 of 0.3 ns: 300 ns. With the default precision of
  // 1 ns the second would end with the first.
  TinyProgram pair({.pp = 4});
  pair.send(0, 1, pair.message(0, 10e-9));
  const auto longer = pair.send(2, 3, pair.message(0, 10.5e-9));
  const Timeline two = play_simgrid(pair.program, pair.costs, tiny_cluster(1, 4), {.closed_form = false});
  EXPECT_NEAR(end_of(two, 3, longer.recv), 10.5e-9, 1e-18);

  TinyProgram tiny({.pp = 2});
  const auto bytes = tiny.message(0, 0.3e-9);
  TinyProgram::Ends last = tiny.send(0, 1, bytes);
  for (int k = 1; k < 1000; ++k) last = tiny.send(0, 1, bytes, {last.send});
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 2));
  EXPECT_EQ(t.flows, 1000u);
  EXPECT_NEAR(t.step_time.value, 300e-9, 1e-17);
}

TEST(Simgrid, KeepsVolumesThatAreNotWholeBytesWhole) {
  // 0.7 B at 1 B/s beside 1000 s of others' transfers: SimGrid's volumes are integers, ours are scaled: 0.7 s.
  TinyProgram tiny({.pp = 4});
  tiny.send(2, 3, tiny.message(0, 1000));
  const auto ends = tiny.send(0, 1, tiny.message(0, 0.7));
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 4), {.closed_form = false});
  EXPECT_NEAR(end_of(t, 1, ends.recv), 0.7, 1e-12);
}

TEST(Simgrid, StretchesAComputeOpUntilTheSharedFlowEnds) {
  // Two messages of 1 s share a port: both move 0..2. 3 s of compute beside on rank 1 with stretch 1: 1 s of work by
  // 2, then alone: 4.
  TinyProgram tiny({.pp = 3});
  const auto bytes = tiny.message(0, 1);
  const auto work = tiny.compute(3);
  tiny.stretch(work, bytes, 1);
  tiny.send(0, 1, bytes);
  tiny.send(0, 2, bytes);
  const auto op = tiny.op(1, Lane::compute, work);
  const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 4));
  EXPECT_NEAR(span_of(t, 1, Lane::compute, op).end.value, 4, 1e-12);
  EXPECT_NEAR(span_of(t, 1, Lane::compute, op).stretch.value, 1, 1e-12);
}

TEST(Simgrid, SlowsARingByWhatElseUsesItsLinks) {
  // tp 2 x pp 2 in one node: GPU = tp + 2 pp. An all-reduce of 2 s on rank 1 (GPUs 2, 3: port up and down of both)
  // and at the same time messages of 1 s from rank 0 into their ports down. Down ports: two flows, halves: the
  // messages' 1 is done at 2, when the ring has 1 left: 3.
  TinyProgram tiny({.tp = 2, .pp = 2});
  const auto reduce = tiny.op(1, Lane::tp, tiny.collective(Scope::tp, 0, 2));
  const auto ends = tiny.send(0, 1, tiny.message(0, 1));
  for (bool fold : {true, false}) {
    const Timeline t = play_simgrid(tiny.program, tiny.costs, tiny_cluster(1, 4), {.fold = fold});
    const int rank = fold ? 1 : 2;
    EXPECT_NEAR(end_of(t, rank, ends.recv), 2, 1e-12);
    EXPECT_NEAR(span_of(t, rank, Lane::tp, reduce).end.value, 3, 1e-12);
  }
}

TEST(Simgrid, GoesOnBetweenTheEndsOfARingsFlows) {
  // Ring of rank 0 over GPUs 0, 1 | 2, 3: edges 0 -> 1 and 2 -> 3 by NVLink at 8 B/s, 1 -> 2 and 3 -> 0 by NIC at
  // 1 B/s. Volume 5 B each: NVLink's end at 5 / 8 s. Rank 1 (GPUs 4 .. 7) sends 1 B at 1 s, when a compute op ends.
  // Into GPU 1 nothing else comes by NIC: 1 .. 2. Into GPU 0 the ring does: halves 1 .. 3, then the ring has 3 left: 6.
  // What waits for the compute alone starts at 1 s, what waits for the ring too at 6 s.
  TinyProgram tiny({.tp = 4, .pp = 2});
  const auto second = tiny.compute(1);
  const auto reduce = tiny.op(0, Lane::tp, tiny.collective(Scope::tp, 0, 5));
  const auto compute = tiny.op(0, Lane::compute, second);
  const auto both = tiny.op(0, Lane::compute, second, {reduce, compute});
  const auto copy = tiny.op(0, Lane::d2h, second, {compute});
  const auto ends = tiny.send(1, 0, tiny.message(0, 1), {tiny.op(1, Lane::compute, second)});
  Cluster cluster = tiny_cluster(4, 2);
  cluster.intra_bandwidth = 8_Bps;
  const Timeline t = play_simgrid(tiny.program, tiny.costs, cluster, {.fold = false, .closed_form = false});
  EXPECT_EQ(t.flows, 8u);
  EXPECT_NEAR(end_of(t, 1, ends.recv), 2, 1e-12);
  EXPECT_NEAR(end_of(t, 0, ends.recv), 3, 1e-12);
  EXPECT_NEAR(span_of(t, 0, Lane::compute, both).start.value, 6, 1e-12);
  EXPECT_EQ(span_of(t, 0, Lane::d2h, copy).start, 1_s);
}

/// Eight nodes of one GPU, four to a leaf, in pairs across the leaves: rank r of the first leaf sends to rank 4 + r.
Timeline all_cross(double oversubscription, bool fold) {
  Cluster cluster = tiny_cluster(8, 1);
  cluster.inter = InterNode::fat_tree;
  cluster.nodes_per_leaf = 4;
  cluster.oversubscription = oversubscription;
  TinyProgram tiny({.tp = 1, .pp = 8});
  const auto bytes = tiny.message(0, 1);
  for (int r = 0; r < 4; ++r) tiny.send(r, 4 + r, bytes);
  return play_simgrid(tiny.program, tiny.costs, cluster, {.fold = fold});
}

TEST(Simgrid, TakesTwiceAsLongAcrossLeavesThatAreTwiceOversubscribed) {
  // 4 flows of 1 B/s on up-links of 4 B/s: 1 s; of 2 B/s: 2 s.
  EXPECT_NEAR(all_cross(1, false).step_time.value, 1, 1e-12);
  EXPECT_NEAR(all_cross(2, false).step_time.value, 2, 1e-12);
}

TEST(Simgrid, GivesTheSameBytesTwice) {
  const auto once = all_times(all_cross(3, false)), twice = all_times(all_cross(3, false));
  EXPECT_EQ(once, twice);
}

}  // namespace
}  // namespace braid
