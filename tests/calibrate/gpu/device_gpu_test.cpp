// SPDX-License-Identifier: Apache-2.0
// On a GPU: memory, partitions and gates do what they promise.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "calibrate/device/buffer.hpp"
#include "calibrate/device/check.hpp"
#include "calibrate/device/device.hpp"
#include "calibrate/device/gate.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/device/probe.hpp"

namespace braid::gpu {
namespace {

TEST(Device, MoreMemoryThanThereIsIsAnErrorAndNotTheEnd) {
  EXPECT_THROW(DeviceBuffer(std::size_t{1} << 50), Error);
  const DeviceBuffer small(1 << 20);  // the refusal leaves no error behind for the next call
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST(Device, WholeGpuIsEverySm) {
  const Stream s;
  EXPECT_EQ(sms_of(s).size(), static_cast<std::size_t>(device_facts().sm_count));
}

TEST(Partitions, EachKeepsToSmsOfItsOwn) {
  const int sms = device_facts().sm_count;
  for (const unsigned each : {32u, 16u}) {
    const unsigned count = static_cast<unsigned>(sms) / each;
    ASSERT_GE(count, 2u);
    const Partitions p(count >= 4 ? 4 : 2, each);
    std::set<int> seen;
    std::size_t sum = 0;
    for (std::size_t i = 0; i < p.count(); ++i) {
      const auto mine = sms_of(p.stream(i));
      EXPECT_EQ(mine.size(), p.sms()) << "partition " << i << " of " << each;
      sum += mine.size();
      seen.insert(mine.begin(), mine.end());
    }
    EXPECT_EQ(seen.size(), sum) << "partitions share SMs";
  }
}

TEST(Partitions, AddedStreamsStayInside) {
  Partitions p(2, 32);
  const auto first = sms_of(p.stream(1));
  EXPECT_EQ(sms_of(p.add_stream(1)), first);
  EXPECT_EQ(sms_of(p.add_stream(1, -1)), first);
}

TEST(Partitions, MoreSmsThanThereAre) { EXPECT_THROW(Partitions(64, 64), Error); }

// A kernel's first launch loads it, which may wait for all that runs: for the gate.
void load_spin(cudaStream_t s) {
  spin(1, 1e-6, s);
  BRAID_CUDA(cudaStreamSynchronize(s));
}

TEST(Gate, HoldsUntilItIsOpened) {
  const Stream a, b;
  load_spin(a);
  Gate gate;
  const Event done_a(Event::Kind::untimed), done_b(Event::Kind::untimed);
  for (int round = 0; round < 3; ++round) {
    gate.close({a, b}, 2.0);
    spin(1, 1e-6, a);
    spin(1, 1e-6, b);
    BRAID_CUDA(cudaEventRecord(done_a, a));
    BRAID_CUDA(cudaEventRecord(done_b, b));
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_FALSE(done_a.happened());
    EXPECT_FALSE(done_b.happened());
    gate.open();
    BRAID_CUDA(cudaEventSynchronize(done_a));
    BRAID_CUDA(cudaEventSynchronize(done_b));
    EXPECT_TRUE(done_a.happened());
    EXPECT_FALSE(gate.gave_up());
  }
}

TEST(Gate, GivesUpAndSaysSo) {
  const Stream s;
  load_spin(s);
  Gate gate;
  gate.close({s}, 0.02);
  spin(1, 1e-6, s);
  BRAID_CUDA(cudaStreamSynchronize(s));  // ends although nobody opened it
  EXPECT_TRUE(gate.gave_up());
  gate.close({s}, 2.0);  // and can be used again
  gate.open();
  BRAID_CUDA(cudaStreamSynchronize(s));
  EXPECT_FALSE(gate.gave_up());
}

}  // namespace
}  // namespace braid::gpu
