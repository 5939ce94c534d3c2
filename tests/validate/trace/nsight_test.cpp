// SPDX-License-Identifier: Apache-2.0
#include "validate/trace/nsight.hpp"

#include <gtest/gtest.h>

#include "tests/calibrate/temporary_folder.hpp"
#include "tests/validate/trace/written_nsight.hpp"
#include "validate/trace/read_trace.hpp"

namespace braid {
namespace {

using test::WrittenNsight;

TEST(Nsight, KernelsCopiesRangesAndTheGpu) {
  const TemporaryFolder folder;
  WrittenNsight file(folder / "a.sqlite");
  file.range("ProfilerStep#7", 100, 900);
  file.range("PP:0F0", 200, 300);
  file.range("PP:0B0", 300, 400);
  file.range("aten::mm", 210, 220);
  file.kernel("sm80_xmma_gemm_bf16", 1000, 1400, 7, 250);
  file.kernel("ncclDevKernel_AllReduce_Sum_bf16_RING_LL", 1100, 1200, 20, 350);
  file.copy(1, 50, 60, 7);
  file.copy(8, 70, 75, 7);
  file.close();
  const std::vector<ForeignTrace> traces = read_nsight(file.path(), kProfilerStep);
  ASSERT_EQ(traces.size(), 1u);
  const ForeignTrace& t = traces.front();
  EXPECT_EQ(t.kind, TraceKind::nsight);
  EXPECT_EQ(t.gpu, "NVIDIA A100-SXM4-80GB");
  EXPECT_EQ(t.rank, -1);
  ASSERT_EQ(t.ops.size(), 4u);
  EXPECT_EQ(t.ops[0].kind, KernelClass::copy_in);
  EXPECT_EQ(t.ops[1].kind, KernelClass::copy_device);
  EXPECT_EQ(t.ops[2].kind, KernelClass::gemm);
  EXPECT_EQ(t.ops[2].launch, 250);
  EXPECT_EQ(t.ops[2].end - t.ops[2].start, 400);
  EXPECT_EQ(t.ops[3].kind, KernelClass::all_reduce);
  EXPECT_EQ(t.streams[t.ops[3].stream].id, 20);
  EXPECT_EQ(t.labels[t.ops[2].label].action.compute.actions.front().type, ActionType::F);
  EXPECT_EQ(t.labels[t.ops[3].label].action.compute.actions.front().type, ActionType::B);
  EXPECT_EQ(t.labels.size(), 2u);  // aten::mm names no action
  ASSERT_EQ(t.steps.size(), 1u);
  EXPECT_EQ(t.steps[0].end, 900);
}

TEST(Nsight, TextsOfRangesMayBeStrings) {
  const TemporaryFolder folder;
  WrittenNsight file(folder / "a.sqlite");
  file.kernel("k", 10, 20, 7, 5);
  file.sql("INSERT INTO StringIds VALUES (500, 'PP:2W1')");
  file.sql("INSERT INTO NVTX_EVENTS VALUES (1, 9, 59, NULL, NULL, 184549387, 500, 0)");          // (11 << 24) + 11
  file.sql("INSERT INTO NVTX_EVENTS VALUES (1, NULL, 34, NULL, 'PP:2F1', 184549387, NULL, 0)");  // a mark has no end
  file.close();
  const ForeignTrace t = read_nsight(file.path(), kProfilerStep).front();
  ASSERT_EQ(t.labels.size(), 1u);
  EXPECT_EQ(t.labels[0].action.compute.actions.front().type, ActionType::W);
  EXPECT_EQ(t.ops[0].label, 0u);
}

TEST(Nsight, ProcessesOfANodeAreApart) {
  const TemporaryFolder folder;
  WrittenNsight file(folder / "node.sqlite");
  // Correlation ids count in each process: here both kernels have their launches, in their own.
  file.kernel("k", 100, 200, 7, 50, 1, 12);
  file.kernel("k", 110, 210, 7, 60, 0, 11);
  file.sql("UPDATE CUPTI_ACTIVITY_KIND_KERNEL SET correlationId = 9");
  file.sql("UPDATE CUPTI_ACTIVITY_KIND_RUNTIME SET correlationId = 9");
  file.range("PP:0F0", 40, 90, 11);
  file.range("PP:1F0", 40, 90, 12);
  file.close();
  const std::vector<ForeignTrace> traces = read_trace(file.path());
  ASSERT_EQ(traces.size(), 2u);
  EXPECT_EQ(traces[0].ops[0].launch, 60);  // device 0 first
  EXPECT_EQ(traces[1].ops[0].launch, 50);
  EXPECT_EQ(traces[0].labels.at(0).action.compute.actions.front().stage, 0);
  EXPECT_EQ(traces[1].labels.at(0).action.compute.actions.front().stage, 1);
  EXPECT_EQ(traces[0].rank, 0);
  EXPECT_EQ(traces[1].rank, 1);
  EXPECT_EQ(traces[0].notes.size(), 1u);
}

TEST(Nsight, OldExportsLackColumnsAndTables) {
  const TemporaryFolder folder;
  WrittenNsight file(folder / "old.sqlite");
  file.sql("DROP TABLE CUPTI_ACTIVITY_KIND_KERNEL; DROP TABLE CUPTI_ACTIVITY_KIND_MEMCPY; DROP TABLE TARGET_INFO_GPU");
  file.sql(
      "CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INT, end INT, deviceId INT, streamId INT, correlationId INT, "
      "shortName INT)");
  file.sql("INSERT INTO StringIds VALUES (1, 'flash_fwd_kernel')");
  file.sql("INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (10, 30, 0, 7, 4, 1)");
  file.sql("INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (5, 6, 0, 184549387, 4, 1, 0)");
  file.range("PP:0F0", 4, 7);
  file.close();
  const ForeignTrace t = read_nsight(file.path(), kProfilerStep).front();
  EXPECT_EQ(t.ops[0].kind, KernelClass::attention);
  EXPECT_EQ(t.ops[0].launch, 5);
  EXPECT_EQ(t.ops[0].label, 0u);
  EXPECT_EQ(t.gpu, "");
}

TEST(Nsight, WhatItSaysOfLossesIsPassedOn) {
  const TemporaryFolder folder;
  WrittenNsight file(folder / "a.sqlite");
  file.kernel("k", 10, 20, 7, 5);
  file.kernel("k", 30, 20, 7, 5);  // ends before it starts
  file.sql("CREATE TABLE DIAGNOSTIC_EVENT (timestamp INT, severity INT, text TEXT)");
  file.sql(
      "INSERT INTO DIAGNOSTIC_EVENT VALUES (1, 2, '17 CUDA events were dropped'), (2, 1, 'Profiling has started.')");
  file.sql("CREATE TABLE CUPTI_ACTIVITY_KIND_GRAPH_TRACE (start INT, end INT)");
  file.close();
  const ForeignTrace t = read_nsight(file.path(), kProfilerStep).front();
  EXPECT_EQ(t.lost, 1u);
  EXPECT_EQ(t.ops.size(), 1u);
  ASSERT_EQ(t.notes.size(), 2u);
  EXPECT_EQ(t.notes[0], "Nsight Systems says: 17 CUDA events were dropped");
}

}  // namespace
}  // namespace braid
