// SPDX-License-Identifier: Apache-2.0
// What the wrappers of cuBLASLt, cuDNN, NCCL and CUPTI do when a call fails. The libraries are stand-ins (fake_*.cpp).
#include <cupti.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "calibrate/comm/nccl_self.hpp"
#include "calibrate/cupti/recorder.hpp"
#include "calibrate/units/attention.hpp"
#include "calibrate/units/gemm.hpp"
#include "tests/calibrate/gpu/fake.hpp"

namespace braid::gpu {
namespace {

using fake::calls;
using fake::error_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class LibraryErrors : public testing::Test {
 protected:
  void SetUp() override { calls() = {}; }
  void TearDown() override {
    for (const auto& [kind, count] : calls().live) EXPECT_EQ(count, 0) << kind << " left behind";
  }
};

constexpr GemmShape kShape{1024, 2048, 512, Pass::F};

TEST_F(LibraryErrors, ProductAtEveryCall) {
  const auto use = [] {
    const LtHandle lt;
    const Gemm g(lt, kShape, 100);
    g.run(nullptr, nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(error_of(use), "");
  const auto made = calls().made;
  for (const auto& [call, times] : made) {
    if (call == "cudaFree" || call == "cublasLtMatmulAlgoConfigGetAttribute") continue;  // their failure is no error
    for (int at = 1; at <= times; ++at) {
      calls() = {.fail = call, .at = at};
      EXPECT_THAT(error_of(use),
                  AllOf(MatchesRegex("(../)*calibrate/(units/gemm.cpp|device/buffer.cu):[0-9]+: .*"), HasSubstr(call)))
          << call << " " << at;
      EXPECT_EQ(calls().held(), 0) << call << " " << at;
    }
  }
  EXPECT_EQ(made.at("cublasLtMatrixLayoutCreate"), 3);  // A, B, C
}

TEST_F(LibraryErrors, NoAlgorithmOffered) {
  const LtHandle lt;
  calls().offered = 0;
  EXPECT_THAT(error_of([&] { Gemm(lt, kShape); }),
              HasSubstr("cublasLtMatmulAlgoGetHeuristic: no algorithm offered for 1024 x 2048 x 512, pass F"));
  calls().offered = 2, calls().fail = "cublasLtMatmulAlgoGetHeuristic", calls().at = 0;
  EXPECT_THAT(error_of([&] { Gemm(lt, kShape); }), HasSubstr("CUBLAS_STATUS_NOT_SUPPORTED"));
  EXPECT_EQ(calls().live["product"] + calls().live["layout"] + calls().live["preference"], 0);
}

// cuBLASLt is column-major: its C is the transpose of ours, so its tile of m x n is ours of n x m.
TEST_F(LibraryErrors, TilesByName) {
  const LtHandle lt;
  const struct {
    int id, m, n;
  } tiles[] = {{CUBLASLT_MATMUL_TILE_64x64, 64, 64},
               {CUBLASLT_MATMUL_TILE_128x256, 256, 128},
               {CUBLASLT_MATMUL_TILE_256x128, 128, 256},
               {CUBLASLT_MATMUL_TILE_UNDEFINED, 0, 0},
               {99999, 0, 0}};
  for (const auto& t : tiles) {
    calls().tile_id = t.id;
    const Gemm g(lt, kShape);
    EXPECT_EQ(g.algo().tile_m, t.m) << t.id;
    EXPECT_EQ(g.algo().tile_n, t.n) << t.id;
  }
}

TEST_F(LibraryErrors, TuneKeepsTheFastestOffered) {
  const LtHandle lt;
  calls().offered = 5;
  Gemm g(lt, kShape);
  int next = 0;
  const double us[] = {30, 10, 20};
  g.tune(3, [&] { return us[next++]; });
  EXPECT_EQ(next, 3);  // limited to 3 of the 5
  EXPECT_EQ(g.algo().rank, 1);
  EXPECT_DOUBLE_EQ(g.algo().waves, 2);  // the stand-in counts waves 1, 2, 3, ...
}

constexpr AttentionShape kAttention{.batch = 1, .seq = 1024, .heads = 10, .kv_heads = 2};

// Each call of building and running attention fails once, wherever it is made. A plan that does not build gives way to
// the next that is offered, so some failures cost nothing; none leaves a descriptor behind.
TEST_F(LibraryErrors, AttentionAtEveryCall) {
  const auto use = [] {
    Attention a(nullptr, kAttention);
    a.forward(nullptr, nullptr, nullptr, nullptr);
    a.backward(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  };
  EXPECT_EQ(error_of(use), "");
  const auto made = calls().made;
  int tolerated = 0, refused = 0;
  for (const auto* call : {"cudnnBackendCreateDescriptor", "cudnnBackendSetAttribute", "cudnnBackendFinalize",
                           "cudnnBackendGetAttribute", "cudnnSetStream", "cudnnBackendExecute", "cudaMalloc"}) {
    for (int at = 1; at <= made.at(call); ++at) {
      calls() = {.fail = call, .at = at};
      const auto what = error_of(use);
      what.empty() ? ++tolerated : ++refused;
      EXPECT_EQ(calls().held(), 0) << call << " " << at;
      if (!what.empty()) {
        EXPECT_THAT(
            what, AllOf(HasSubstr("calibrate/"), testing::AnyOf(HasSubstr("told to fail"), HasSubstr("out of memory"))))
            << call << " " << at;
      }
    }
  }
  // Per pass, a plan's own calls: a descriptor for the plan and one for its engine, 2 attributes, 1 finalisation, 3
  // questions = 8; of two passes 16.
  EXPECT_EQ(tolerated, 16);
  EXPECT_GT(refused, 300);
}

TEST_F(LibraryErrors, NoPlanNamesTheShape) {
  calls().offered = 0;
  EXPECT_EQ(error_of([] { Attention(nullptr, {.batch = 1, .seq = 4096, .heads = 8, .kv_heads = 1, .head_dim = 512}); }),
            "attention forward, batch 1, sequence 4096, heads 8/1 of 512: cuDNN: no plan: no engine offered");
}

TEST_F(LibraryErrors, PlanRefusedSaysWhy) {
  // The forward's graph and heuristics are finalised by `engines` too; the next finalisation is that of its only plan.
  calls().offered = 1;
  attention_graph(kAttention, false).engines({});
  const int before = calls().made["cudnnBackendFinalize"];
  calls() = {.fail = "cudnnBackendFinalize", .at = before + 1, .offered = 1};
  EXPECT_THAT(error_of([] { Attention(nullptr, kAttention); }),
              MatchesRegex("attention forward, batch 1, sequence 1024, heads 10/2 of 128: cuDNN: no plan: "
                           "calibrate/units/cudnn_graph.cpp:[0-9]+: cuDNN plan: CUDNN_STATUS_NOT_SUPPORTED: told to "
                           "fail"));
}

TEST_F(LibraryErrors, NcclRefusesTheCommunicator) {
  const auto from = std::make_shared<DeviceBuffer>(1024), to = std::make_shared<DeviceBuffer>(1024);
  for (const auto* call : {"ncclGetUniqueId", "ncclCommInitRankConfig"}) {
    calls().fail = call, calls().at = 0;
    EXPECT_THAT(error_of([&] { NcclSelf(8, from, to); }), AllOf(StartsWith("calibrate/comm/"), HasSubstr(call)));
  }
  EXPECT_THAT(error_of([&] { NcclSelf(8, from, to); }), HasSubstr("invalid usage"));
  EXPECT_EQ(calls().live["communicator"], 0);
}

// A group left open would swallow every later call of the thread.
TEST_F(LibraryErrors, NcclGroupIsClosedWhenACallInItFails) {
  const auto from = std::make_shared<DeviceBuffer>(1024), to = std::make_shared<DeviceBuffer>(1024);
  const NcclSelf self(8, from, to);
  for (const auto* call : {"ncclGroupStart", "ncclSend", "ncclRecv", "ncclGroupEnd"}) {
    calls().fail = call, calls().at = 0;
    EXPECT_THAT(error_of([&] { self.exchange(512, nullptr); }), HasSubstr(call));
    EXPECT_EQ(calls().live["open group"], 0) << call;
  }
}

TEST_F(LibraryErrors, AnotherProfilerHoldsCupti) {
  calls() = {.fail = "cuptiSubscribe_v2", .at = 0, .holder = "nsys"};
  std::string why;
  EXPECT_FALSE(start_recording(&why));
  EXPECT_THAT(why, MatchesRegex("calibrate/cupti/recorder.cpp:[0-9]+: cuptiSubscribe_v2: "
                                "CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED, held by nsys"));
  EXPECT_FALSE(start_recording(nullptr));
}

TEST_F(LibraryErrors, RecordingThatCannotStartHoldsNothing) {
  for (const auto* call :
       {"cuptiActivityRegisterTimestampCallback", "cuptiActivityRegisterCallbacks", "cuptiActivityEnable"})
    for (const int at : {1, 3}) {
      calls() = {.fail = call, .at = at};
      std::string why;
      const bool started = start_recording(&why);
      EXPECT_EQ(started, calls().made[call] < at) << call << " " << at;  // only enabling is called three times
      if (started)
        stop_recording();
      else
        EXPECT_THAT(why, HasSubstr(call));
      EXPECT_EQ(calls().held(), 0) << call << " " << at;
    }
}

TEST_F(LibraryErrors, OlderCuptiIsRefused) {
  calls().shorter = 16;
  std::string why;
  EXPECT_FALSE(start_recording(&why));
  EXPECT_THAT(why, HasSubstr("the library's version 120000 lays records out otherwise than"));
  EXPECT_EQ(calls().made["cuptiSubscribe_v2"], 0);
}

std::string kernel_record(std::uint64_t start) {
  CUpti_ActivityKernel10 k{};
  k.kind = CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL;
  k.start = start, k.end = start + 5;
  return {reinterpret_cast<const char*>(&k), sizeof k};
}

TEST_F(LibraryErrors, RecordingCarriesRecordsAndDrops) {
  ASSERT_TRUE(start_recording(nullptr));
  calls().records = kernel_record(20) + kernel_record(10), calls().dropped = 7;
  const auto t = stop_recording();
  ASSERT_EQ(t.activities.size(), 2u);
  EXPECT_EQ(t.activities[0].start_ns, 10u);
  EXPECT_EQ(t.dropped, 7u);
  EXPECT_FALSE(t.complete());
  ASSERT_TRUE(start_recording(nullptr));  // what was counted before is not counted again
  EXPECT_TRUE(stop_recording().complete());
}

TEST_F(LibraryErrors, FlushThatFailsEndsTheRecording) {
  for (const int at : {1, 2}) {
    calls() = {.fail = "cuptiActivityFlushAll", .at = at, .records = kernel_record(10)};
    ASSERT_TRUE(start_recording(nullptr));
    EXPECT_THAT(error_of([] { stop_recording(); }), HasSubstr("cuptiActivityFlushAll"));
    EXPECT_EQ(calls().held(), 0);
  }
  ASSERT_TRUE(start_recording(nullptr));
  stop_recording();
}

TEST_F(LibraryErrors, StartAndStopInPairs) {
  EXPECT_THAT(error_of([] { stop_recording(); }), HasSubstr("nothing is being recorded"));
  ASSERT_TRUE(start_recording(nullptr));
  std::string why;
  EXPECT_FALSE(start_recording(&why));
  EXPECT_THAT(why, HasSubstr("already running"));
  {
    const RecordingTag outer(7), inner(OpKey{.rank = 1});
    EXPECT_EQ(calls().live["pushed tag"], 2);
  }
  EXPECT_THAT(error_of([] { RecordingTag(OpKey{.rank = -5}); }), HasSubstr("rank -5"));
  EXPECT_THAT(error_of([] { GraphTags().add(nullptr, 3); }), HasSubstr("not being captured"));
  stop_recording();
}

}  // namespace
}  // namespace braid::gpu
