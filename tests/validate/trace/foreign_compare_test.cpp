// SPDX-License-Identifier: Apache-2.0
// Traces and predictions so small that every figure is done by hand.
#include "validate/trace/foreign_compare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/validate/complaint.hpp"
#include "tests/validate/trace/joint.hpp"
#include "tests/validate/trace/written_kineto.hpp"
#include "validate/trace/kineto.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {
namespace {

using test::complaint;
using test::Joint;
using test::WrittenKineto;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

ForeignTrace read(const WrittenKineto& trace) { return parse_kineto(trace.text(), "t.json", kProfilerStep).front(); }

const ClassTime& of_class(const ForeignComparison& c, const std::string& name) {
  for (const ClassTime& k : c.classes) {
    if (k.name == name) return k;
  }
  throw std::runtime_error("no class " + name);
}

/// Rank 0 of 2: F0 F1 B0 B1 of 10, 10, 20 and 20 us, a send behind each F.
Joint first_of_two() {
  Joint j(2);
  const WorkItem product{.compute = {.gemms = {{.m = 1000, .n = 100, .k = 10, .count = 2}}, .flops = Flops(5e6)}};
  j.pass(0, OpKind::forward, 0, 0, 10, 0, product).message(0, OpKind::send, 0, 10, 12);
  j.pass(0, OpKind::forward, 1, 10, 20).message(0, OpKind::send, 1, 20, 22);
  j.pass(0, OpKind::input_grad, 0, 40, 50).pass(0, OpKind::weight_grad, 0, 50, 60);
  j.pass(0, OpKind::input_grad, 1, 70, 80).pass(0, OpKind::weight_grad, 1, 80, 90);
  const OpKey optimizer{.kind = OpKind::optimizer};
  j.op(0, Lane::compute, optimizer, 90, 100);
  j.pass(1, OpKind::forward, 0, 12, 22);
  return j;
}

/// What torch would have recorded of it, one step behind a first one, with other times.
WrittenKineto run_of_rank_0() {
  WrittenKineto t;
  t.world_size = 2;
  t.step(1, 0, 500).step(2, 1000, 200);
  t.range("PP:0F0", 1001, 1).range("PP:0F1", 1002, 1).range("PP:0B0", 1003, 1).range("PP:0B1", 1004, 1);
  t.kernel("nvjet_tst_128x256", 1010, 12, 7, 1001.2);  // F0
  t.kernel("ncclDevKernel_SendRecv", 1022, 20, 20, 1001.5);
  t.kernel("flash_fwd_kernel", 1030, 10, 7, 1002.2);  // F1, 8 of them beside NCCL
  t.kernel("nvjet_tst_128x256", 1060, 25, 7, 1003.2).kernel("rmsnorm_bwd", 1085, 5, 7, 1003.3);  // B0: 30
  t.kernel("nvjet_tst_128x256", 1100, 26, 7, 1004.2);                                            // B1
  t.kernel("mystery", 1130, 2, 7, 1005.5);
  t.kernel("multi_tensor_apply_kernel", 1140, 12, 7, 1006);
  return t;
}

TEST(ForeignCompare, LoadsOfARank) {
  const Joint j = first_of_two();
  const ForeignComparison c = compare_foreign({read(run_of_rank_0())}, 1, j.program, j.predicted);
  ASSERT_EQ(c.ranks.size(), 1u);
  EXPECT_EQ(c.ranks[0].steps, 1);
  EXPECT_DOUBLE_EQ(c.measured.step.value, 200e-6);
  // 12 + 10 + 25 + 5 + 26 + 2 + 12 = 92.
  EXPECT_NEAR(c.measured.busy.value, 92e-6, 1e-12);
  EXPECT_NEAR(c.measured.idle_share(), 108.0 / 200, 1e-9);
  // NCCL from 1022 to 1042; from 1030 to 1040 something computes.
  EXPECT_NEAR(c.measured.communication.value, 20e-6, 1e-12);
  EXPECT_NEAR(c.measured.exposed.value, 10e-6, 1e-12);
  EXPECT_NEAR(c.measured.overlap(), 0.5, 1e-9);
  // Predicted: 10 + 10 + 4 x 10 + 10 = 70 of 100 us; sends of 2 us, the first beside F1, the second alone.
  EXPECT_DOUBLE_EQ(c.predicted.step.value, 100e-6);
  EXPECT_NEAR(c.predicted.busy.value, 70e-6, 1e-12);
  EXPECT_NEAR(c.predicted.communication.value, 4e-6, 1e-12);
  EXPECT_NEAR(c.predicted.exposed.value, 2e-6, 1e-12);
}

TEST(ForeignCompare, TimesOfClasses) {
  const Joint j = first_of_two();
  const ForeignComparison c = compare_foreign({read(run_of_rank_0())}, 1, j.program, j.predicted);
  const ClassTime& gemm = of_class(c, "gemm");
  EXPECT_NEAR(gemm.measured.value, 63e-6, 1e-12);  // 12 + 25 + 26
  EXPECT_DOUBLE_EQ(gemm.count, 3);
  EXPECT_FALSE(gemm.predicted);
  EXPECT_DOUBLE_EQ(gemm.flops.value, 4e6);                      // 2 x 1000 x 100 x 10, twice
  EXPECT_DOUBLE_EQ(of_class(c, "attention").flops.value, 1e6);  // 5e6 in all
  EXPECT_NEAR(of_class(c, "compute in all").measured.value, 92e-6, 1e-12);
  EXPECT_NEAR(of_class(c, "compute in all").predicted->value, 70e-6, 1e-12);
  EXPECT_NEAR(of_class(c, "optimizer").predicted->value, 10e-6, 1e-12);
  EXPECT_NEAR(of_class(c, "send_recv").measured.value, 20e-6, 1e-12);
  EXPECT_NEAR(of_class(c, "send_recv").predicted->value, 4e-6, 1e-12);
  EXPECT_THROW(of_class(c, "all_reduce"), std::runtime_error);  // neither side has any
  EXPECT_EQ(c.unknown_kernels, std::vector<std::string>{"mystery"});
  EXPECT_EQ(c.guessed_lanes, 1u);
  EXPECT_THAT(c.not_compared, Contains(HasSubstr("1 of 2 ranks: no trace of them")));
}

TEST(ForeignCompare, ActionsAndTheirOrder) {
  const Joint j = first_of_two();
  const ForeignComparison c = compare_foreign({read(run_of_rank_0())}, 1, j.program, j.predicted);
  ASSERT_EQ(c.actions.size(), 2u);
  EXPECT_EQ(c.actions[0].type, "B");
  EXPECT_EQ(c.actions[0].count, 2);
  EXPECT_NEAR(c.actions[0].measured.value, 28e-6, 1e-12);   // (30 + 26) / 2
  EXPECT_NEAR(c.actions[0].predicted.value, 20e-6, 1e-12);  // I and W, 10 each
  EXPECT_EQ(c.actions[1].type, "F");
  EXPECT_NEAR(c.actions[1].measured.value, 11e-6, 1e-12);  // (12 + 10) / 2
  EXPECT_NEAR(c.actions[1].predicted.value, 10e-6, 1e-12);
  ASSERT_EQ(c.orders.size(), 1u);
  EXPECT_EQ(c.orders[0].actions, 4);
  EXPECT_EQ(c.orders[0].first_difference, "");
}

TEST(ForeignCompare, TheFirstDifferenceInOrderIsNamed) {
  const Joint j = first_of_two();
  WrittenKineto t;
  t.world_size = 2;
  t.range("PP:0F0", 1, 1).range("PP:0B0", 2, 1).range("PP:0F1", 3, 1).range("PP:0B1", 4, 1);
  t.kernel("k", 10, 1, 7, 1.5);
  const ForeignComparison c = compare_foreign({read(t)}, 1, j.program, j.predicted);
  EXPECT_EQ(c.orders.at(0).first_difference, "action 2: the run does 0B0, the schedule 0F1");
}

TEST(ForeignCompare, RangesOnTheGpuDoNotDisturbTheOrder) {
  const Joint j = first_of_two();
  WrittenKineto t = run_of_rank_0();
  // B1 of the step before still runs when the host is in this one.
  t.range("PP:0B1", 1000.5, 10, "gpu_user_annotation", 7).range("PP:0F0", 1010, 12, "gpu_user_annotation", 7);
  EXPECT_EQ(compare_foreign({read(t)}, 1, j.program, j.predicted).orders.at(0).first_difference, "");
}

TEST(ForeignCompare, RangesOnTheGpuAloneDo) {
  const Joint j = first_of_two();
  WrittenKineto t;
  t.world_size = 2;
  for (int stream : {7, 20}) {  // the same action on two streams
    t.range("PP:0F0", 10, 10, "gpu_user_annotation", stream).range("PP:0F1", 20, 10, "gpu_user_annotation", stream);
  }
  t.lone_kernel("k", 11, 2, 7).lone_kernel("k", 14, 3, 20).lone_kernel("k", 21, 2, 7);
  const ForeignComparison c = compare_foreign({read(t)}, 1, j.program, j.predicted);
  EXPECT_EQ(c.orders.at(0).actions, 2);
  EXPECT_EQ(c.actions.at(0).count, 2);
  EXPECT_NEAR(c.actions.at(0).measured.value, 3.5e-6, 1e-12);  // (2 + 3 + 2) / 2
}

/// Two pipeline ranks of two tensor-parallel GPUs each, played one by one; GPU 3 is the second of pipeline rank 1.
TEST(ForeignCompare, AnUnfoldedPredictionIsOfTheSameGpu) {
  Joint j(2);
  j.pass(0, OpKind::forward, 0, 0, 10).pass(1, OpKind::forward, 0, 10, 20);
  j.program.placement.tp = 2;
  std::vector<RankTimeline>& ranks = j.predicted.ranks;
  ranks = {ranks[0], ranks[0], ranks[1], ranks[1]};
  for (int rank = 0; rank < 4; ++rank) ranks[static_cast<std::size_t>(rank)].rank = rank;
  ranks[3].lanes[0][0].end = Seconds(27e-6);
  WrittenKineto t;
  t.world_size = 4;
  t.rank = 3;
  t.kernel("k", 10, 5, 7, 5);
  const ForeignComparison c = compare_foreign({read(t)}, 1, j.program, j.predicted);
  EXPECT_EQ(c.ranks.at(0).pp, 1);
  EXPECT_NEAR(c.ranks.at(0).predicted.busy.value, 17e-6, 1e-12);  // 27 - 10; GPU 2 has 10
}

TEST(ForeignCompare, AShorterRunDiffersAtItsEnd) {
  const Joint j = first_of_two();
  WrittenKineto t;
  t.world_size = 2;
  t.range("PP:0F0", 1, 1).range("PP:0F1", 3, 1).kernel("k", 10, 1, 7, 1.5);
  const ForeignComparison c = compare_foreign({read(t)}, 1, j.program, j.predicted);
  EXPECT_EQ(c.orders.at(0).first_difference, "action 3: the run does nothing more, the schedule 0B0");
}

/// The order of a program that defers W of microbatch 0: F0 I0 F1 W0 I1 W1.
TEST(ForeignCompare, WeightGradientsCountWhereTheRunLabelsThemApart) {
  Joint j(1);
  j.pass(0, OpKind::forward, 0, 0, 1).pass(0, OpKind::input_grad, 0, 1, 2).pass(0, OpKind::forward, 1, 2, 3);
  j.pass(0, OpKind::weight_grad, 0, 3, 5).pass(0, OpKind::input_grad, 1, 5, 6).pass(0, OpKind::weight_grad, 1, 6, 7);
  const auto run = [](const char* third, const char* fourth) {
    WrittenKineto t;
    t.range("PP:0F0", 1, 1).range("PP:0I0", 2, 1).range(third, 3, 1).range(fourth, 4, 1).range("PP:0B1", 5, 1);
    t.kernel("k", 10, 6, 7, 3.5).kernel("k", 20, 4, 7, 4.5);
    return t;
  };
  const ForeignComparison same = compare_foreign({read(run("PP:0F1", "PP:0W0"))}, 1, j.program, j.predicted);
  EXPECT_EQ(same.orders.at(0).first_difference, "");
  ASSERT_EQ(same.actions.size(), 2u);
  EXPECT_EQ(same.actions[1].type, "W");
  EXPECT_NEAR(same.actions[1].measured.value, 4e-6, 1e-12);
  EXPECT_NEAR(same.actions[1].predicted.value, 2e-6, 1e-12);
  const ForeignComparison other = compare_foreign({read(run("PP:0W0", "PP:0F1"))}, 1, j.program, j.predicted);
  EXPECT_EQ(other.orders.at(0).first_difference, "action 3: the run does 0W0, the schedule 0F1");
}

TEST(ForeignCompare, ABraidIsHeldAgainstBothOfItsSides) {
  Joint j(1);
  // Chunks 0 and 1 are stages 0 and 3 of the run.
  j.pass(0, OpKind::forward, 0, 0, 1, 0).pass(0, OpKind::forward, 0, 1, 2, 1);
  j.pass(0, OpKind::forward, 1, 2, 5, 0)
      .pass(0, OpKind::input_grad, 0, 5, 9, 1)
      .pass(0, OpKind::weight_grad, 0, 9, 14, 1);
  WrittenKineto t;
  t.range("PP:0F0", 1, 1).range("PP:3F0", 2, 1).range("PP:(0F1;3B0)OVERLAP_F_B", 3, 1);
  t.kernel("k", 10, 9, 7, 3.5).kernel("k", 15, 9, 8, 3.6);  // from 10 to 24 on two streams
  const ForeignComparison c = compare_foreign({read(t)}, 1, j.program, j.predicted);
  ASSERT_EQ(c.actions.size(), 1u);
  EXPECT_EQ(c.actions[0].type, "F&B");
  EXPECT_NEAR(c.actions[0].measured.value, 14e-6, 1e-12);
  EXPECT_NEAR(c.actions[0].predicted.value, 12e-6, 1e-12);  // 3 + 4 + 5
  EXPECT_EQ(c.orders.at(0).first_difference, "");
}

TEST(ForeignCompare, SeveralStepsAndRanksAreMeans) {
  Joint j(2);
  j.pass(0, OpKind::forward, 0, 0, 10).pass(1, OpKind::forward, 0, 10, 30);
  WrittenKineto first;
  first.world_size = 2;
  first.step(1, 0, 100).step(2, 100, 100).step(3, 200, 140);
  first.kernel("gemm", 110, 20, 7, 105).kernel("gemm", 210, 40, 7, 205);
  WrittenKineto second;
  second.world_size = 2;
  second.rank = 1;
  second.step(1, 0, 100).step(2, 100, 90).kernel("gemm", 120, 50, 7, 110);
  // The order of the files does not matter.
  const ForeignComparison c = compare_foreign({read(second), read(first)}, 1, j.program, j.predicted);
  ASSERT_EQ(c.ranks.size(), 2u);
  EXPECT_EQ(c.ranks[0].rank, 0);
  EXPECT_NEAR(c.ranks[0].measured.step.value, 120e-6, 1e-12);  // (100 + 140) / 2
  EXPECT_NEAR(c.ranks[0].measured.busy.value, 30e-6, 1e-12);   // (20 + 40) / 2
  EXPECT_NEAR(c.measured.step.value, 105e-6, 1e-12);           // (120 + 90) / 2
  EXPECT_NEAR(c.measured.busy.value, 40e-6, 1e-12);            // (30 + 50) / 2
  EXPECT_NEAR(of_class(c, "gemm").measured.value, 40e-6, 1e-12);
  EXPECT_DOUBLE_EQ(of_class(c, "gemm").count, 1);
  EXPECT_NEAR(c.predicted.busy.value, 15e-6, 1e-12);  // (10 + 20) / 2
  // Of rank 0 the lower of two steps: its kernel ends 30 us behind the mark. Rank 1's ends 70 us behind it.
  EXPECT_NEAR(c.timeline.ranks[0].lanes[0].back().end.value, 30e-6, 1e-12);
  EXPECT_NEAR(c.timeline.step_time.value, 70e-6, 1e-12);
  EXPECT_THAT(c.not_compared, Contains(HasSubstr("no range is labelled")));
  EXPECT_THAT(c.not_compared, Not(Contains(HasSubstr("no trace of them"))));
}

TEST(ForeignCompare, UnmarkedStepsAreShared) {
  Joint j(1);
  j.pass(0, OpKind::forward, 0, 0, 10);
  WrittenKineto t;
  t.range("PP:0F0", 1, 1).range("PP:0F0", 101, 1);
  t.kernel("gemm", 10, 20, 7, 1.5).kernel("gemm", 110, 40, 7, 101.5);
  const ForeignComparison c = compare_foreign({read(t)}, 2, j.program, j.predicted);
  EXPECT_NEAR(c.measured.step.value, 70e-6, 1e-12);  // from 10 to 150, two steps
  EXPECT_NEAR(c.measured.busy.value, 30e-6, 1e-12);
  EXPECT_NEAR(of_class(c, "gemm").measured.value, 30e-6, 1e-12);
  EXPECT_NEAR(c.actions.at(0).measured.value, 30e-6, 1e-12);
  EXPECT_TRUE(c.orders.empty());
  EXPECT_THAT(c.notes, Contains(HasSubstr("no step is marked")));
}

TEST(ForeignCompareErrors, OfRanks) {
  const Joint j = first_of_two();
  const auto complaint_of = [&](std::vector<ForeignTrace> traces) {
    return complaint([&] { compare_foreign(traces, 1, j.program, j.predicted); });
  };
  ForeignTrace t = read(run_of_rank_0());
  EXPECT_EQ(complaint_of({t, t}), "t.json: is of rank 0 again");
  t.world_size = 8;
  EXPECT_EQ(complaint_of({t}), "t.json: is of a job of 8 GPUs; the scenario has 2");
  t.world_size = 0;
  t.rank = 2;
  EXPECT_EQ(complaint_of({t}), "t.json: is of rank 2; the scenario has ranks 0 to 1");
  t.rank = -1;
  EXPECT_EQ(complaint_of({t}), "t.json: does not say of which rank it is; name it so (rank3.json) or write 3=FILE");
  WrittenKineto idle;
  idle.world_size = 2;
  idle.step(1, 0, 10).step(2, 10, 10).kernel("k", 5, 2, 7, 1);
  EXPECT_EQ(complaint_of({read(idle)}), "t.json: none of its steps launched GPU work; record more steps");
}

TEST(ForeignCompare, OtherStagesThanTheScheduleAreSaid) {
  const Joint j = first_of_two();
  WrittenKineto t;
  t.world_size = 2;
  t.range("PP:0F0", 1, 1).range("PP:2F0", 2, 1).kernel("k", 10, 1, 7, 1.5);
  const ForeignComparison c = compare_foreign({read(t)}, 1, j.program, j.predicted);
  EXPECT_THAT(c.not_compared, Contains("actions of rank 0: it labels 2 stages, the schedule gives it 1"));
  EXPECT_TRUE(c.orders.empty());
}

TEST(ForeignCompare, ActionsThatTheScheduleDoesNotHaveAreCounted) {
  const Joint j = first_of_two();
  WrittenKineto t;
  t.world_size = 2;
  t.range("PP:0F0", 1, 1).range("PP:0F9", 2, 1).kernel("k", 10, 1, 7, 1.5).kernel("k", 12, 1, 7, 2.5);
  const ForeignComparison c = compare_foreign({read(t)}, 1, j.program, j.predicted);
  EXPECT_THAT(c.not_compared, Contains("1 actions of the run are not in the schedule"));
  EXPECT_EQ(c.actions.at(0).count, 1);
}

}  // namespace
}  // namespace braid
