// SPDX-License-Identifier: Apache-2.0
#include "sim/report/metrics.hpp"

#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using tiny::Tiny;

Seconds idle(const RunReport& report, Cause cause) { return report.idle[static_cast<std::size_t>(cause)].mean; }

/// Rank 0 computes 0..4; bytes move 4..6; rank 1 computes 6..8; both are done at 8.
struct Two {
  Tiny tiny{2};
  Two() {
    const auto a = tiny.compute(0, 4);
    tiny.compute(1, 2, {tiny.eager(0, 1, 2, {a}).recv});
  }
  RunReport report(const ReportFacts& facts = {}) const { return report_run(tiny.program(), tiny.play(), facts); }
};

TEST(Metrics, TakeMeansOverRanksWithTheWorstBeside) {
  const RunReport report = Two().report();
  EXPECT_EQ(report.step_time, 8_s);
  // Rank 0 works 4 s and drains 4 s; rank 1 warms up 6 s and works 2 s.
  EXPECT_EQ(report.busy.mean, 3_s);
  EXPECT_EQ(report.busy.worst, 4_s);
  EXPECT_EQ(report.busy.worst_rank, 0);
  EXPECT_EQ(idle(report, Cause::warm_up), 3_s);
  EXPECT_EQ(report.idle[static_cast<std::size_t>(Cause::warm_up)].worst, 6_s);
  EXPECT_EQ(report.idle[static_cast<std::size_t>(Cause::warm_up)].worst_rank, 1);
  EXPECT_EQ(idle(report, Cause::drain), 2_s);
}

TEST(Metrics, GiveBothBubbles) {
  // Global: 8 s less the mean work of 3 s. Span: the longest rank runs 4 s (0..4; the other 6..8), less 3 s.
  const RunReport report = Two().report();
  EXPECT_EQ(report.bubble_global, 5_s);
  EXPECT_EQ(report.bubble_span, 1_s);
}

TEST(Metrics, SplitTheGlobalBubbleByCause) {
  const RunReport report = Two().report();
  Seconds sum{};
  for (const OverRanks& over : report.idle) sum += over.mean;
  EXPECT_EQ(sum, report.bubble_global);
  EXPECT_EQ(report.tp_share() + report.pp_share() + report.other_share(), 5.0 / 8);
}

TEST(Metrics, CountCommunicationThatNothingHides) {
  // Rank 0 is done computing at 4, so 4..6 is exposed; rank 1 has nothing to compute before 6: 4..6 too.
  EXPECT_EQ(Two().report().exposed_communication.mean, 2_s);
  // tp 1..5 and pp 2..7 together cover 1..7; compute covers 0..1 and 3..6: 1..3 and 6..7 are exposed.
  RankTimeline rank;
  const auto put = [&](Lane lane, double start, double end) {
    rank.lanes[static_cast<std::size_t>(lane)].push_back({{}, Seconds(start), Seconds(end), {}});
  };
  put(Lane::compute, 0, 1);
  put(Lane::compute, 3, 6);
  put(Lane::tp, 1, 5);
  put(Lane::pp, 2, 7);
  put(Lane::d2h, 6, 9);  // a copy to the host is not communication between GPUs
  EXPECT_EQ(exposed_communication(rank), 3_s);
}

TEST(Metrics, DivideThroughputByStepAndGpus) {
  Two two;
  two.tiny.program().placement.tp = 4;
  two.tiny.program().samples_per_step = 16;
  two.tiny.program().tokens_per_step = 32000;
  two.tiny.program().model_flops_per_step = Flops(320e12);
  ReportFacts facts;
  facts.gpu.bf16_dense = FlopsPerSecond(10e12);
  const RunReport report = two.report(facts);
  EXPECT_EQ(report.gpus, 8);
  EXPECT_EQ(report.folded, 4);
  EXPECT_DOUBLE_EQ(report.samples_per_s, 2);           // 16 / 8 s
  EXPECT_DOUBLE_EQ(report.tokens_per_s_per_gpu, 500);  // 32000 / 8 s / 8
  EXPECT_DOUBLE_EQ(report.mfu, 0.5);                   // 320 TFLOP / (8 s * 10 TFLOP/s * 8)
}

TEST(Metrics, CountSpansAsOps) {
  // Two compute ops, one send, one receive.
  EXPECT_EQ(Two().report().ops, 4u);
}

TEST(Metrics, FindTheFullestRankAndWhetherItFits) {
  Tiny tiny(2);
  tiny.compute_with_memory(0, 1, {}, 10, 10);
  tiny.compute_with_memory(1, 1, {}, 30, 30);
  tiny.program().ranks[0].resident[static_cast<std::size_t>(MemoryClass::parameters)] = 25_B;
  ReportFacts facts;
  facts.gpu.memory = 34_B;
  const RunReport report = report_run(tiny.program(), tiny.play(), facts);
  EXPECT_EQ(report.peak.rank, 0);  // 25 + 10 > 30
  EXPECT_EQ(report.peak.bytes, 35_B);
  EXPECT_FALSE(report.fits());
}

TEST(Metrics, RefuseATimelineThatLacksAnOp) {
  const Two two;
  Timeline timeline = two.tiny.play();
  timeline.ranks[1].lanes[static_cast<std::size_t>(Lane::pp)].clear();
  EXPECT_THROW(report_run(two.tiny.program(), timeline, {}), Error);
}

TEST(SpeedUp, ComparesSamplesASecondWithTheFirstRun) {
  Comparison comparison;
  comparison.runs.resize(2);
  comparison.runs[0].step_time = 3_s;
  comparison.runs[1].step_time = 2_s;
  EXPECT_DOUBLE_EQ(speed_up(comparison, 1), 1.5);  // nothing but time to go by
  comparison.runs[0].samples_per_s = 4;
  comparison.runs[1].samples_per_s = 5;
  EXPECT_DOUBLE_EQ(speed_up(comparison, 1), 1.25);
}

}  // namespace
}  // namespace braid
