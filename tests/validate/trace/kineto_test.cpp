// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/kineto.hpp"

#include <gtest/gtest.h>

#include "tests/validate/trace/written_kineto.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {
namespace {

using test::WrittenKineto;

ForeignTrace one(const std::string& text) {
  std::vector<ForeignTrace> traces = parse_kineto(text, "t.json", kProfilerStep);
  EXPECT_EQ(traces.size(), 1u);
  return traces.front();
}

TEST(Kineto, KernelsWithTheirLaunchesAndLabels) {
  WrittenKineto trace;
  trace.rank = 3;
  trace.world_size = 8;
  trace.step(4, 100, 50).range("PP:0F0", 110, 10).range("PP:0B0", 120, 20);
  trace.kernel("gemm_a", 130.5, 4.25, 7, 112).kernel("ncclDevKernel_SendRecv", 131, 2, 20, 125);
  trace.copy("Memcpy HtoD (Pinned -> Device)", 90, 1, 7);
  const ForeignTrace t = one(trace.text());
  EXPECT_EQ(t.kind, TraceKind::kineto);
  EXPECT_EQ(t.gpu, "NVIDIA H100 80GB HBM3");
  EXPECT_EQ(t.rank, 3);
  EXPECT_EQ(t.world_size, 8);
  ASSERT_EQ(t.ops.size(), 3u);
  // In order of start: the copy at 90 us, the product at 130.5 us, NCCL at 131 us.
  EXPECT_EQ(t.ops[0].kind, KernelClass::copy_in);
  EXPECT_EQ(t.ops[0].launch, kUnknownTime);
  EXPECT_EQ(t.names[t.ops[1].name], "gemm_a");
  EXPECT_EQ(t.ops[1].start, 130'500);
  EXPECT_EQ(t.ops[1].end, 134'750);  // 130.5 + 4.25
  EXPECT_EQ(t.ops[1].launch, 112'000);
  EXPECT_EQ(t.streams[t.ops[1].stream].id, 7);
  EXPECT_EQ(t.streams[t.ops[2].stream].id, 20);
  // Launched at 112 in PP:0F0 and at 125 in PP:0B0, though on the GPU both ran after those had ended on the host.
  EXPECT_EQ(t.labels[t.ops[1].label].action.compute.actions.front().type, ActionType::F);
  EXPECT_EQ(t.labels[t.ops[2].label].action.compute.actions.front().type, ActionType::B);
  EXPECT_EQ(t.ops[0].label, kNothing);
  ASSERT_EQ(t.steps.size(), 1u);
  EXPECT_EQ(t.steps[0].start, 100'000);
  EXPECT_EQ(t.steps[0].end, 150'000);
  EXPECT_EQ(t.lost, 0u);
}

TEST(Kineto, WithoutLaunchesRangesOfTheStreamLabel) {
  WrittenKineto trace;
  trace.range("PP:1F2", 10, 5, "gpu_user_annotation", 7).range("PP:1B2", 10, 5, "gpu_user_annotation", 20);
  trace.range("ProfilerStep#1", 5, 20, "gpu_user_annotation", 7);
  trace.lone_kernel("a", 12, 1, 7).lone_kernel("b", 12, 1, 20).lone_kernel("c", 15, 1, 7);
  const ForeignTrace t = one(trace.text());
  EXPECT_EQ(t.labels[t.ops[0].label].action.compute.actions.front().type, ActionType::F);
  EXPECT_EQ(t.labels[t.ops[1].label].action.compute.actions.front().type, ActionType::B);
  EXPECT_EQ(t.ops[2].label, kNothing);  // [10, 15) has ended
  ASSERT_EQ(t.steps.size(), 1u);
  EXPECT_TRUE(t.steps[0].on_gpu);
}

TEST(Kineto, StepsOfTheHostArePreferred) {
  WrittenKineto trace;
  trace.step(1, 5, 20).range("ProfilerStep#1", 6, 20, "gpu_user_annotation", 7).lone_kernel("a", 12, 1, 7);
  const ForeignTrace t = one(trace.text());
  ASSERT_EQ(t.steps.size(), 1u);
  EXPECT_EQ(t.steps[0].start, 5'000);
}

TEST(Kineto, GroupsOfCollectives) {
  WrittenKineto trace;
  trace.kernel(
      "ncclDevKernel_Generic_4", 10, 5, 20, 1,
      R"(, "Collective name": "_allgather_base", "Process Group Name": "5", "Process Group Description": "mesh_tp")");
  trace.kernel(
      "ncclDevKernel_AllReduce_Sum_bf16_RING_LL", 20, 5, 20, 2,
      R"(, "Collective name": "allreduce", "Process Group Name": "7", "Process Group Description": "mesh_dp")");
  const ForeignTrace t = one(trace.text());
  EXPECT_EQ(t.ops[0].kind, KernelClass::all_gather);
  EXPECT_EQ(t.groups[t.ops[0].group].description, "mesh_tp");
  EXPECT_EQ(t.groups[t.ops[1].group].name, "7");
}

TEST(Kineto, ADescriptionThatTorchLeftOutIsEmpty) {
  WrittenKineto trace;
  trace.kernel("ncclDevKernel_AllReduce_Sum_bf16_RING_LL", 10, 5, 20, 1,
               R"(, "Process Group Name": "5", "Process Group Description": , "Process Group Ranks": "[0, 1]")");
  const ForeignTrace t = one(trace.text());
  EXPECT_EQ(t.groups[t.ops[0].group].description, "");
}

TEST(Kineto, EventsOf2021) {
  WrittenKineto trace;
  trace.raw(R"({"ph": "X", "cat": "Kernel", "name": "volta_sgemm_128x64_nn", "pid": 0, "tid": "stream 7",
      "ts": 1621401187223005, "dur": 10, "args": {"device": 0, "correlation": 33218, "external id": 2513}})");
  trace.raw(R"({"ph": "X", "cat": "Runtime", "name": "cudaLaunchKernel", "pid": 1, "tid": "2",
      "ts": 1621401187222000, "dur": 3, "args": {"correlation": 33218}})");
  const ForeignTrace t = one(trace.text());
  EXPECT_EQ(t.ops[0].start, 1'621'401'187'223'005'000);  // a double would be off by up to 128 ns
  EXPECT_EQ(t.ops[0].end - t.ops[0].start, 10'000);
  EXPECT_EQ(t.ops[0].launch, 1'621'401'187'222'000'000);
  EXPECT_EQ(t.streams[t.ops[0].stream].id, 7);
}

TEST(Kineto, OrderOfFieldsAndOtherEventsDoNotMatter) {
  WrittenKineto trace;
  trace.raw(R"({"args": {"stream": 7, "device": 0}, "dur": 2.5, "ts": 1.25, "name": "k", "cat": "kernel", "ph": "X"})");
  trace.raw(R"({"ph": "M", "name": "process_name", "pid": 0, "tid": 0, "ts": 0, "args": {"name": "python"}})");
  trace.raw(R"({"ph": "s", "id": 5, "pid": 0, "tid": 7, "ts": 1, "cat": "ac2g", "name": "ac2g"})");
  trace.raw(R"({"ph": "X", "cat": "cpu_op", "name": "aten::mm \"x\" [", "pid": 9, "tid": 9, "ts": 1, "dur": 2,
      "args": {"Input Dims": [[1, [2]], []]}})");
  trace.raw(R"({"ph": "i", "s": "g", "name": "Record Window End", "pid": "", "tid": "", "ts": 9})");
  const ForeignTrace t = one(trace.text());
  ASSERT_EQ(t.ops.size(), 1u);
  EXPECT_EQ(t.ops[0].start, 1'250);
  EXPECT_EQ(t.ops[0].end, 3'750);
}

TEST(Kineto, WhatIsNotUnderstoodIsCounted) {
  WrittenKineto trace;
  trace.lone_kernel("a", 12, 1, 7).range("PP:0Q7", 1, 2).range("PP:0F0", 3, 2);
  trace.raw(R"({"ph": "X", "cat": "kernel", "name": "no time", "args": {"stream": 7}})");
  trace.raw(R"({"ph": "X", "cat": "kernel", "name": "backwards", "ts": 5, "dur": -1, "args": {"stream": 7}})");
  trace.raw("17");
  const ForeignTrace t = one(trace.text());
  EXPECT_EQ(t.ops.size(), 1u);
  EXPECT_EQ(t.lost, 3u);
  EXPECT_EQ(t.odd_labels, 1u);
}

TEST(Kineto, TwoGpusAreTwoTracesAndAStrayCopyIsNone) {
  WrittenKineto trace;
  const auto on = [](int device, double start, double duration) {
    return fmt::format(
        R"({{"ph": "X", "cat": "kernel", "name": "k", "ts": {}, "dur": {}, "args": {{"device": {}, "stream": 7}}}})",
        start, duration, device);
  };
  trace.raw(on(1, 10, 500)).raw(on(0, 20, 400)).raw(on(2, 30, 4));  // 4 of 500 is less than a hundredth
  const std::vector<ForeignTrace> traces = parse_kineto(trace.text(), "t.json", kProfilerStep);
  ASSERT_EQ(traces.size(), 2u);
  EXPECT_EQ(traces[0].ops.front().start, 20'000);
  EXPECT_EQ(traces[1].ops.front().start, 10'000);
  EXPECT_EQ(traces[0].lost + traces[1].lost, 1u);
}

}  // namespace
}  // namespace braid
