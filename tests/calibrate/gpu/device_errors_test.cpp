// SPDX-License-Identifier: Apache-2.0
// What the wrappers of CUDA do when a call fails: one Error with file, line, call and the library's words, and nothing
// held. CUDA is a stand-in (fake_cuda.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibrate/device/buffer.hpp"
#include "calibrate/device/check.hpp"
#include "calibrate/device/gate.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/device/stream.hpp"
#include "calibrate/units/kernels.hpp"
#include "tests/calibrate/gpu/fake.hpp"

namespace braid::gpu {
namespace {

using fake::calls;
using fake::error_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class DeviceErrors : public testing::Test {
 protected:
  void SetUp() override { calls() = {}; }
  void TearDown() override {
    for (const auto& [kind, count] : calls().live) EXPECT_EQ(count, 0) << kind << " left behind";
  }
};

TEST_F(DeviceErrors, NoDeviceMeansNoGpus) {
  calls().fail = "cudaGetDeviceCount";
  EXPECT_EQ(gpu_count(), 0);
  for (const int code : {cudaErrorNoDevice, cudaErrorInsufficientDriver, cudaErrorInitializationError}) {
    calls().at = 0, calls().code = code;
    EXPECT_EQ(gpu_count(), 0);
  }
  calls() = {.devices = 3};
  EXPECT_EQ(gpu_count(), 3);
}

TEST_F(DeviceErrors, OutOfMemory) {
  calls().fail = "cudaMalloc", calls().at = 2;
  const auto what = error_of([] { const DeviceBuffer first(100), second(200); });
  EXPECT_THAT(what, MatchesRegex("calibrate/device/buffer.cu:[0-9]+: cudaMalloc\\(.*\\): out of memory"));
}

// CUDA keeps the status of a failed call for the next one that asks for a launch's.
TEST_F(DeviceErrors, AFailureIsNotBlamedOnTheNextLaunch) {
  const DeviceBuffer b(1024);
  calls().fail = "cudaMalloc", calls().at = 0;
  EXPECT_NE(error_of([] { DeviceBuffer(1 << 30); }), "");
  EXPECT_EQ(error_of([&] { fill_normal(b.as<float>(), 8, 1.f, 1); }), "");
  calls() = {.fail = "cudaEventQuery", .live = calls().live};
  {
    const Event e;
    EXPECT_FALSE(e.happened());
    EXPECT_EQ(error_of([&] { fill_normal(b.as<float>(), 8, 1.f, 1); }), "");
    EXPECT_TRUE(e.happened());
    calls().at = 0, calls().code = cudaErrorIllegalAddress;
    EXPECT_NE(error_of([&] { e.happened(); }), "");
  }
  calls() = {.fail = "cudaGetDeviceCount", .at = 0, .live = calls().live};
  EXPECT_EQ(gpu_count(), 0);
  EXPECT_EQ(error_of([&] { fill_normal(b.as<float>(), 8, 1.f, 1); }), "");
}

TEST_F(DeviceErrors, BuffersMoveAndFreeOnce) {
  DeviceBuffer a(100), b;
  b = std::move(a);
  DeviceBuffer c(std::move(b));
  EXPECT_EQ(c.bytes(), 100u);
  EXPECT_EQ(calls().live["memory"], 1);
}

TEST_F(DeviceErrors, EmptyBufferAllocatesNothing) {
  const DeviceBuffer none(0);
  EXPECT_EQ(calls().made["cudaMalloc"], 0);
}

TEST_F(DeviceErrors, LaunchRefused) {
  calls().fail = "cudaGetLastError";
  EXPECT_THAT(error_of([] { OperandPool(1024, 1.f, 1); }),
              AllOf(StartsWith("calibrate/device/buffer.cu:"), HasSubstr("too many resources requested for launch")));
}

TEST_F(DeviceErrors, SliceBeyondThePool) {
  const OperandPool pool(1024, 1.f, 1);
  EXPECT_THAT(error_of([&] { pool.slice(2000, 0); }), HasSubstr("2000 bytes exceeds the pool"));
}

TEST_F(DeviceErrors, ReadBackFails) {
  calls().fail = "cudaMemcpy";
  EXPECT_THAT(error_of([] { read_strided(nullptr, 1, 8); }), HasSubstr("cudaMemcpy(host.data()"));
}

TEST_F(DeviceErrors, StreamsAndEvents) {
  for (const auto* call : {"cudaDeviceGetStreamPriorityRange", "cudaStreamCreateWithPriority"}) {
    calls() = {.fail = call};
    EXPECT_THAT(error_of([] { Stream s(Stream::Priority::highest); }),
                AllOf(StartsWith("calibrate/device/stream.cpp:"), HasSubstr(call)));
  }
  calls() = {.fail = "cudaEventCreateWithFlags", .at = 2};
  EXPECT_THAT(error_of([] {
                const Stream s;
                const Event a, b;
              }),
              HasSubstr("cudaEventCreateWithFlags"));
  calls() = {.fail = "cudaEventElapsedTime"};
  EXPECT_THAT(error_of([] {
                const Event a, b;
                elapsed_us(a, b);
              }),
              HasSubstr("cudaEventElapsedTime"));
  calls() = {};
  const Event a, b;
  EXPECT_DOUBLE_EQ(elapsed_us(a, b), 250);  // the stand-in answers 0.25 ms
}

TEST_F(DeviceErrors, GateAtEveryCall) {
  const auto use = [] {
    const Stream held;
    Gate gate;
    gate.close({held});
    gate.open();
    gate.gave_up();
  };
  for (const auto* call : {"cudaStreamCreateWithPriority", "cudaEventCreateWithFlags", "cudaHostAlloc",
                           "cudaHostGetDevicePointer", "cudaGetLastError", "cudaEventRecord", "cudaStreamWaitEvent"}) {
    calls() = {.fail = call};
    EXPECT_NE(error_of(use), "") << call;
    EXPECT_EQ(calls().held(), 0) << call;
  }
  calls() = {};
  EXPECT_EQ(error_of(use), "");
}

TEST_F(DeviceErrors, PartitionsAsAsked) {
  Partitions four(4, 32);  // 132 / 32 = 4 fit
  EXPECT_EQ(four.count(), 4u);
  EXPECT_EQ(four.sms(), 32u);
  EXPECT_EQ(calls().live["green context"], 4);
  four.add_stream(3);
  EXPECT_EQ(four.count(), 4u);
  EXPECT_EQ(calls().live["stream"], 5);
}

TEST_F(DeviceErrors, TooManyPartitions) {
  EXPECT_THAT(error_of([] { Partitions(5, 32); }), HasSubstr("only 4 of 5 partitions of 32 SMs fit"));
  EXPECT_NE(error_of([] { Partitions(0, 32); }), "");
}

TEST_F(DeviceErrors, DriverWithoutGreenContexts) {
  for (const auto* entry : {"cuDeviceGetDevResource", "cuDevSmResourceSplitByCount", "cuDevResourceGenerateDesc",
                            "cuGreenCtxCreate", "cuGreenCtxDestroy", "cuGreenCtxStreamCreate"}) {
    calls() = {.missing = entry};
    EXPECT_EQ(error_of([] { Partitions(2, 64); }),
              std::string("driver: lacks ") + entry + ", which SM partitions need");
    calls().missing = {};
    EXPECT_EQ(calls().held(), 0) << entry;
  }
}

TEST_F(DeviceErrors, PartitionsReleaseWhatTheyHadWhenACallFails) {
  for (const auto* call : {"cudaGetDevice", "cudaFree", "cuDeviceGetDevResource", "cuDevSmResourceSplitByCount",
                           "cuDevResourceGenerateDesc", "cuGreenCtxCreate", "cuGreenCtxStreamCreate"})
    for (const int at : {1, 2}) {
      calls() = {.fail = call, .at = at};
      const auto what = error_of([] { Partitions(2, 64); });
      // The first four are called once, so a second call cannot fail.
      const bool once = calls().made[call] < at;
      EXPECT_EQ(what.empty(), once) << call << " " << at;
      if (!once) { EXPECT_THAT(what, AllOf(StartsWith("calibrate/device/partition.cpp:"), HasSubstr(call))); }
      EXPECT_EQ(calls().held(), 0) << call << " " << at;
    }
  calls() = {.fail = "cuGreenCtxStreamCreate"};
  EXPECT_THAT(error_of([] { Partitions(2, 64); }), HasSubstr("driver out of memory"));
}

TEST_F(DeviceErrors, NormWiderThanItsKernels) {
  EXPECT_THAT(error_of([] { rmsnorm_forward(nullptr, nullptr, nullptr, nullptr, 1, 16392, 1e-5f, nullptr); }),
              HasSubstr("16392"));
  EXPECT_EQ(calls().made["launch"], 0);
}

// Kernels read 8 elements at a time; another width would leave elements out without a word.
TEST_F(DeviceErrors, WidthsThatKernelsCannotRead) {
  EXPECT_THAT(error_of([] { rmsnorm_forward(nullptr, nullptr, nullptr, nullptr, 1, 100, 1e-5f, nullptr); }),
              HasSubstr("100"));
  EXPECT_THAT(error_of([] { swiglu_forward(nullptr, nullptr, 1, 12, nullptr); }), HasSubstr("12"));
  EXPECT_THAT(error_of([] { swiglu_dgrad(nullptr, nullptr, nullptr, 1, 12, nullptr); }), HasSubstr("12"));
  EXPECT_THAT(error_of([] { add(nullptr, nullptr, nullptr, 9, nullptr); }), HasSubstr("9"));
  EXPECT_THAT(error_of([] { cross_entropy(nullptr, nullptr, nullptr, 1, 50257, nullptr); }), HasSubstr("50257"));
  EXPECT_THAT(error_of([] { rope(nullptr, nullptr, nullptr, 1, 1, 1, 72, 72, 1, nullptr); }), HasSubstr("72"));
  EXPECT_THAT(error_of([] { rope_table(nullptr, nullptr, 8, 512, 1e4f, nullptr); }), HasSubstr("512"));
  EXPECT_THAT(error_of([] { adam(nullptr, nullptr, nullptr, nullptr, nullptr, 6, 1, nullptr); }), HasSubstr("6"));
  EXPECT_EQ(calls().made["launch"], 0);
}

}  // namespace
}  // namespace braid::gpu
