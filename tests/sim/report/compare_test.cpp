// SPDX-License-Identifier: Apache-2.0
#include "sim/report/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/report/metrics.hpp"
#include "sim/report/op_class.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

/// Reports of two timelines and their comparison; keeps what is borrowed alive.
struct Compared {
  Compared(const Program& program, Timeline prediction, Timeline measurement, const CompareOptions& options = {})
      : predicted(std::move(prediction)), measured(std::move(measurement)) {
    const Played p = join_complete(program, predicted), m = join_complete(program, measured);
    const RunReport of_p = report_run(p, {}), of_m = report_run(m, {});
    result = compare_timelines({p, of_p}, {m, of_m}, options);
  }
  Timeline predicted, measured;
  TimelineComparison result;
};

Timeline as_measured(Timeline timeline) {
  timeline.provenance.kind = "measured";
  return timeline;
}

std::vector<Span>& lane_of(Timeline& timeline, std::size_t rank, Lane lane) {
  return timeline.ranks[rank].lanes[static_cast<std::size_t>(lane)];
}

TEST(ClassOf, NamesPassAndUnit) {
  EXPECT_EQ(class_of({.kind = OpKind::forward, .unit = Unit::attn}, Lane::compute), "F attn");
  // The first part of a split W is a W like the other.
  EXPECT_EQ(class_of({.index = 1, .microbatch = 3, .kind = OpKind::weight_grad, .unit = Unit::mlp}, Lane::compute),
            "W mlp");
  EXPECT_EQ(class_of({.index = static_cast<int>(CommOf::input_grad), .kind = OpKind::all_reduce, .unit = Unit::mlp},
                     Lane::tp),
            "all_reduce I mlp");
  EXPECT_EQ(class_of({.index = 2, .kind = OpKind::reduce_scatter}, Lane::dp), "reduce_scatter dp");
  EXPECT_EQ(class_of({.index = static_cast<int>(CommOf::forward), .kind = OpKind::send}, Lane::pp), "send F");
  EXPECT_EQ(class_of({.kind = OpKind::optimizer}, Lane::compute), "optimizer");
  EXPECT_EQ(class_of({.kind = OpKind::copy_out}, Lane::d2h), "copy_out");
}

TEST(Compare, FindsNothingBetweenARunAndItself) {
  tiny::Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  const auto sent = tiny.eager(0, 1, 0.5, {a});
  tiny.compute(1, 2, {sent.recv}, OpKind::input_grad);
  const TimelineComparison c = Compared(tiny.program(), tiny.play(), as_measured(tiny.play())).result;
  EXPECT_EQ(c.step.error(), 0);
  EXPECT_EQ(c.inversions, 0u);
  EXPECT_EQ(c.pairs, 2u);  // rank 0: compute and send; rank 1: recv and compute
  EXPECT_EQ(c.drift.took.difference(), 0_s);
  for (const ClassDifference& one : c.classes) EXPECT_EQ(one.absolute, 0_s) << one.name;
}

TEST(Compare, DoesNotHideWhatEveryOpOfAClassHasBehindTheirSpread) {
  // Sixteen forwards of 1 s, each 0.2 s too short, whose repeats differ by 0.3 s either way. Their sum differs by
  // 0.3 sqrt(16) = 1.2 s, so 3.2 s are no accident.
  tiny::Tiny tiny(1);
  for (int i = 0; i < 16; ++i) tiny.compute(0, 1);
  Timeline measured = as_measured(tiny.play());
  std::vector<Span>& spans = lane_of(measured, 0, Lane::compute);
  std::vector<std::array<std::vector<Quartiles>, kLanes>> spread(1);
  for (std::size_t i = 0; i < 16; ++i) {
    spans[i].start = Seconds(1.2 * static_cast<double>(i)), spans[i].end = Seconds(1.2 * static_cast<double>(i + 1));
    spread[0][0].push_back({0.9_s, 1.5_s});
  }
  measured.step_time = spans.back().end;
  const TimelineComparison c = Compared(tiny.program(), tiny.play(), measured, {.spread = spread}).result;
  EXPECT_NEAR(c.find("F")->spread.value, 1.2, 1e-12);
  EXPECT_NEAR(c.find("F")->total.difference().value, -3.2, 1e-12);
  EXPECT_FALSE(c.find("F")->within_spread());
}

TEST(Compare, CountsAComputeOpAsItsMedianOverTheRepeats) {
  // One op of 1 s that the kept repeat hit at 1.5 s; its median is 1.1 s, so the prediction is 0.1 s too short.
  tiny::Tiny tiny(1);
  tiny.compute(0, 1);
  Timeline measured = as_measured(tiny.play());
  lane_of(measured, 0, Lane::compute)[0].end = 1.5_s;
  measured.step_time = 1.5_s;
  std::vector<std::array<std::vector<Quartiles>, kLanes>> spread(1);
  spread[0][0].push_back({.p25 = 1_s, .p75 = 1.2_s, .median = 1.1_s});
  const TimelineComparison c = Compared(tiny.program(), tiny.play(), measured, {.spread = spread}).result;
  EXPECT_NEAR(c.find("F")->total.difference().value, -0.1, 1e-12);
  EXPECT_NEAR(c.worst_by_time[0].took.difference().value, -0.1, 1e-12);
}

TEST(Compare, ADurationThatNobodyMeasuredIsInfinitelyFarOff) {
  EXPECT_EQ((Both{.predicted = 1_s, .measured = 0_s}).error(), std::numeric_limits<double>::infinity());
  EXPECT_EQ((Both{.predicted = 0_s, .measured = 0_s}).error(), 0);
}

TEST(Compare, SumsErrorsByClass) {
  // F predicted 2 + 2, measured 1.5 + 3: total error 4 - 4.5 = -0.5, of 4.5; absolute 0.5 + 1 = 1.5. I: 1 against 1.
  tiny::Tiny tiny(1);
  const auto first = tiny.compute(0, 2);
  const auto second = tiny.compute(0, 2, {first});
  tiny.compute(0, 1, {second}, OpKind::input_grad);
  Timeline measured = as_measured(tiny.play());
  std::vector<Span>& spans = lane_of(measured, 0, Lane::compute);
  spans[0].end = 1.5_s;
  spans[1].start = 1.5_s, spans[1].end = 4.5_s;
  spans[2].start = 4.5_s, spans[2].end = 5.5_s;
  measured.step_time = 5.5_s;
  // Half of p75 - p25: 0.1 and 0.3 for F, so sqrt(0.01 + 0.09) = 0.316 in all, less than the error of 0.5; 0 for I.
  std::vector<std::array<std::vector<Quartiles>, kLanes>> spread(1);
  spread[0][0] = {{1.4_s, 1.6_s}, {2.7_s, 3.3_s}, {1_s, 1_s}};
  const TimelineComparison c = Compared(tiny.program(), tiny.play(), measured, {.worst = 2, .spread = spread}).result;
  EXPECT_DOUBLE_EQ(c.step.error(), (5 - 5.5) / 5.5);
  const ClassDifference* f = c.find("F");
  ASSERT_NE(f, nullptr);
  EXPECT_EQ(f->count, 2u);
  EXPECT_DOUBLE_EQ(f->error(), -0.5 / 4.5);
  EXPECT_DOUBLE_EQ(f->absolute_error(), 1.5 / 4.5);
  EXPECT_NEAR(f->relative_spread(), std::sqrt(0.1) / 4.5, 1e-12);
  EXPECT_FALSE(f->within_spread());
  EXPECT_TRUE(c.find("I")->within_spread());
  EXPECT_EQ(c.find("W"), nullptr);
  // Worst by time: the second F (1 s); by share: also the second F, 1/3 of 3, and the first, 0.5 of 1.5: equal shares,
  // so the one that comes first stays first.
  ASSERT_EQ(c.worst_by_time.size(), 2u);
  EXPECT_EQ(c.worst_by_time[0].key.index, 1);
  EXPECT_EQ(c.worst_by_time[1].key.index, 0);
  EXPECT_EQ(c.worst_by_share[0].key.index, 0);
  EXPECT_NEAR(c.worst_by_time[0].spread.value, 0.3, 1e-12);
  // Starts: 0, 2, 4 against 0, 1.5, 4.5: the first of the largest differences is named.
  EXPECT_EQ(c.drift.key.index, 1);
  EXPECT_EQ(c.drift.took.difference(), 0.5_s);
}

TEST(Compare, ChargesACollectiveFromItsLastMember) {
  // Predicted, folded: 1 s of compute, an all-reduce 1..2. Measured, unfolded: member 0 starts it at 1 and member 1 at
  // 3, both end at 4.5: each took 1.5 s; the 2 s that member 0 waits are not the collective's.
  tiny::Tiny tiny(1, 2);
  const auto a = tiny.compute(0, 1);
  tiny.collective(0, Lane::tp, 1, {a});
  Timeline measured = as_measured(tiny.play({.unfold = true, .launch = 0, .slowdown = {}}));
  lane_of(measured, 1, Lane::compute)[0].end = 3_s;
  lane_of(measured, 0, Lane::tp)[0].end = lane_of(measured, 1, Lane::tp)[0].end = 4.5_s;
  lane_of(measured, 1, Lane::tp)[0].start = 3_s;
  measured.step_time = 4.5_s;
  const TimelineComparison c = Compared(tiny.program(), tiny.play(), measured).result;
  const auto tp = std::ranges::find(c.classes, Lane::tp, &ClassDifference::lane);
  ASSERT_NE(tp, c.classes.end());
  EXPECT_EQ(tp->count, 2u);
  EXPECT_EQ(tp->total.measured, 3_s);
  EXPECT_EQ(tp->total.predicted, 2_s);
}

TEST(Compare, ChargesAMessageFromItsLaterEnd) {
  // Predicted 1 s. Measured: the receive waits from 0, the send runs 2..3, the receive ends at 3.5: the send took 1 s,
  // the receive 1.5.
  tiny::Tiny tiny(2);
  const auto sent = tiny.eager(0, 1, 1, {tiny.compute(0, 2)});
  tiny.compute(1, 1, {sent.recv});
  Timeline measured = as_measured(tiny.play());
  lane_of(measured, 1, Lane::pp)[0].start = 0_s;
  lane_of(measured, 1, Lane::pp)[0].end = 3.5_s;
  lane_of(measured, 1, Lane::compute)[0].start = 3.5_s;
  lane_of(measured, 1, Lane::compute)[0].end = 4.5_s;
  measured.step_time = 4.5_s;
  const TimelineComparison c = Compared(tiny.program(), tiny.play(), measured).result;
  double send = 0, recv = 0;
  for (const ClassDifference& one : c.classes) {
    if (one.name.starts_with("send")) send += one.total.measured.value;
    if (one.name.starts_with("recv")) recv += one.total.measured.value;
  }
  EXPECT_EQ(send, 1);
  EXPECT_EQ(recv, 1.5);
}

TEST(Compare, CountsAMessageThatWasBufferedWhole) {
  // The send ran 1..2 and the receive only 3..4 (the bytes lay in a buffer): 1 s each, not -1.
  tiny::Tiny tiny(2);
  tiny.eager(0, 1, 1, {tiny.compute(0, 1)});
  tiny.compute(1, 1);
  Timeline measured = as_measured(tiny.play());
  lane_of(measured, 1, Lane::pp)[0].start = 3_s;
  lane_of(measured, 1, Lane::pp)[0].end = measured.step_time = 4_s;
  const Played played = join_complete(tiny.program(), measured);
  EXPECT_EQ(took(played, 0, 1), 1_s);
  EXPECT_EQ(took(played, 1, 0), 1_s);
}

TEST(Compare, MeansOverRanksOfIdleAndExposed) {
  // One rank: compute 0..1, all-reduce 1..2 exposed, compute 2..3. Measured the all-reduce lasts until 2.5.
  tiny::Tiny tiny(1, 2);
  const auto a = tiny.compute(0, 1);
  const auto reduce = tiny.collective(0, Lane::tp, 1, {a});
  tiny.compute(0, 1, {reduce});
  Timeline measured = as_measured(tiny.play());
  lane_of(measured, 0, Lane::tp)[0].end = 2.5_s;
  lane_of(measured, 0, Lane::compute)[1].start = 2.5_s;
  lane_of(measured, 0, Lane::compute)[1].end = measured.step_time = 3.5_s;
  const TimelineComparison c = Compared(tiny.program(), tiny.play(), measured).result;
  EXPECT_EQ(c.idle[static_cast<std::size_t>(Cause::tp)].predicted, 1_s);
  EXPECT_EQ(c.idle[static_cast<std::size_t>(Cause::tp)].measured, 1.5_s);
  EXPECT_EQ(c.exposed.predicted, 1_s);
  EXPECT_EQ(c.exposed.measured, 1.5_s);
  EXPECT_EQ(c.busy.predicted, 2_s);
  EXPECT_EQ(c.overlap_predicted, 0);
}

TEST(OverlapShare, IsCommunicationThatIsHidden) {
  // An all-reduce 0..4, compute 1..2 and 3..6: of 4 s of communication 2 beside compute.
  RankTimeline rank;
  rank.lanes[static_cast<std::size_t>(Lane::tp)] = {{{}, 0_s, 4_s, {}}};
  rank.lanes[static_cast<std::size_t>(Lane::compute)] = {{{}, 1_s, 2_s, {}}, {{}, 3_s, 6_s, {}}};
  EXPECT_DOUBLE_EQ(overlap_share(rank), 0.5);
  // Communication that overlaps itself counts once: tp 0..4 and pp 3..5 are 5 s, of which 3 beside compute.
  rank.lanes[static_cast<std::size_t>(Lane::pp)] = {{{}, 3_s, 5_s, {}}};
  EXPECT_EQ(communication_time(rank), 5_s);
  EXPECT_DOUBLE_EQ(overlap_share(rank), 0.6);
  EXPECT_EQ(overlap_share({}), 0);
}

}  // namespace
}  // namespace braid
