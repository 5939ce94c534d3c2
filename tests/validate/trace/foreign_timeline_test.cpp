// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/foreign_timeline.hpp"

#include <gtest/gtest.h>

#include "tests/validate/trace/written_kineto.hpp"
#include "validate/trace/kineto.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {
namespace {

using test::WrittenKineto;

ForeignTrace read(const WrittenKineto& trace) { return parse_kineto(trace.text(), "t.json", kProfilerStep).front(); }

const std::vector<Span>& lane(const RankTimeline& rank, Lane lane) {
  return rank.lanes[static_cast<std::size_t>(lane)];
}

TEST(ForeignSteps, TheFirstMarkedStepIsLeftOut) {
  WrittenKineto trace;
  trace.step(1, 0, 100).step(2, 100, 80).step(3, 180, 90);
  // Launched in steps 1, 2 and 3; the one of step 2 runs when the host is in step 3 already.
  trace.kernel("k", 10, 5, 7, 5).kernel("k", 185, 5, 7, 170).kernel("k", 200, 5, 7, 190);
  const ForeignTrace t = read(trace);
  const std::vector<ForeignStep> steps = steps_of(t);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_DOUBLE_EQ(steps[0].duration.value, 80e-6);
  EXPECT_DOUBLE_EQ(steps[1].duration.value, 90e-6);
  EXPECT_EQ(steps[0].ops, std::vector<std::uint32_t>{1});
  EXPECT_EQ(steps[1].ops, std::vector<std::uint32_t>{2});
}

TEST(ForeignSteps, TheOnlyStepIsTaken) {
  WrittenKineto trace;
  trace.step(1, 0, 100).kernel("k", 10, 5, 7, 5);
  EXPECT_EQ(steps_of(read(trace)).at(0).ops.size(), 1u);
}

TEST(ForeignSteps, WithoutMarksTheTraceIsCutIntoEqualParts) {
  WrittenKineto trace;
  trace.lone_kernel("k", 10, 5, 7).lone_kernel("k", 100, 30, 7);
  const ForeignTrace t = read(trace);
  EXPECT_DOUBLE_EQ(steps_of(t).at(0).duration.value, 120e-6);    // from 10 to 130
  EXPECT_DOUBLE_EQ(steps_of(t, 3).at(0).duration.value, 40e-6);  // 120 / 3
  EXPECT_EQ(steps_of(t, 3).at(0).ops.size(), 2u);
}

TEST(ForeignTimeline, LanesKindsAndTimes) {
  WrittenKineto trace;
  trace.rank = 6;
  trace.step(1, 100, 100).range("PP:1F0", 100, 10).range("PP:4W2", 110, 10).range("PP:1B0", 120, 10);
  trace.kernel("gemm", 130, 10, 7, 101).kernel("norm_rmsnorm", 140, 5, 7, 102);  // touch: one span of F
  trace.kernel("gemm", 150, 10, 7, 112).kernel("gemm", 155, 10, 8, 121);         // W, and B on another stream over it
  trace.kernel("multi_tensor_apply_kernel", 170, 5, 7, 190);
  trace.kernel("ncclDevKernel_SendRecv", 145, 20, 20, 105);
  trace.copy("Memcpy DtoH (Device -> Pinned)", 160, 2, 9);
  const ForeignTrace t = read(trace);
  const RankTimeline rank = timeline_of(t, steps_of(t).front(), {.tp = 2, .pp = 4, .dp = 1});
  EXPECT_EQ(rank.rank, 6);
  const std::vector<Span>& compute = lane(rank, Lane::compute);
  ASSERT_EQ(compute.size(), 4u);
  // Time 0 is the mark at 100 us.
  EXPECT_EQ(compute[0].key.kind, OpKind::forward);
  EXPECT_DOUBLE_EQ(compute[0].start.value, 30e-6);
  EXPECT_DOUBLE_EQ(compute[0].end.value, 45e-6);
  EXPECT_EQ(compute[0].key.microbatch, 0);
  EXPECT_EQ(compute[0].key.chunk, 0);  // stage 1 of {1, 4}
  EXPECT_EQ(compute[1].key.kind, OpKind::weight_grad);
  EXPECT_EQ(compute[1].key.microbatch, 2);
  EXPECT_EQ(compute[1].key.chunk, 1);
  // B began at 155 while W ran until 160: the rest of it is B's.
  EXPECT_EQ(compute[2].key.kind, OpKind::cell);
  EXPECT_DOUBLE_EQ(compute[2].start.value, 60e-6);
  EXPECT_DOUBLE_EQ(compute[2].end.value, 65e-6);
  EXPECT_EQ(compute[3].key.kind, OpKind::optimizer);
  EXPECT_EQ(compute[3].key.microbatch, -1);
  ASSERT_EQ(lane(rank, Lane::pp).size(), 1u);
  EXPECT_EQ(lane(rank, Lane::pp)[0].key.kind, OpKind::send);
  EXPECT_EQ(lane(rank, Lane::d2h).size(), 1u);
}

TEST(ForeignTimeline, GroupsTellTheLane) {
  const auto lane_with = [](const std::string& description, const char* kernel, const Placement& placement) {
    WrittenKineto trace;
    trace.kernel(kernel, 10, 5, 20, 1,
                 description.empty()
                     ? ""
                     : R"(, "Process Group Name": "5", "Process Group Description": ")" + description + "\"");
    const ForeignTrace t = read(trace);
    EXPECT_EQ(lane_is_known(t, t.ops[0]), !description.empty() && description != "undefined");
    return lane_of(t, t.ops[0], placement);
  };
  const Placement both{.tp = 2, .pp = 2, .dp = 2};
  const char* all_reduce = "ncclDevKernel_AllReduce_Sum_bf16_RING_LL";
  const char* send_recv = "ncclDevKernel_SendRecv";
  EXPECT_EQ(lane_with("TENSOR_MODEL_PARALLEL_GROUP", all_reduce, both), Lane::tp);
  EXPECT_EQ(lane_with("PIPELINE_MODEL_PARALLEL_GROUP", send_recv, both), Lane::pp);
  EXPECT_EQ(lane_with("DATA_PARALLEL_GROUP_WITH_CP", all_reduce, both), Lane::dp);
  EXPECT_EQ(lane_with("MODEL_PARALLEL_GROUP", all_reduce, both), Lane::dp);
  EXPECT_EQ(lane_with("mesh_dp_shard_cp", all_reduce, both), Lane::dp);
  EXPECT_EQ(lane_with("mesh_tp", all_reduce, both), Lane::tp);
  EXPECT_EQ(lane_with("mesh_cp", send_recv, both), Lane::tp);
  EXPECT_EQ(lane_with("mesh_pp", send_recv, both), Lane::pp);
  EXPECT_EQ(lane_with("undefined", send_recv, both), Lane::pp);
  EXPECT_EQ(lane_with("", all_reduce, both), Lane::tp);
  EXPECT_EQ(lane_with("", all_reduce, {.tp = 1, .pp = 2, .dp = 2}), Lane::dp);
}

}  // namespace
}  // namespace braid
