// SPDX-License-Identifier: Apache-2.0
// The ring between SM partitions of a real GPU, and NCCL with itself. The ring's data are small
// integers, which bf16 adds exactly.
#include "calibrate/comm/partition_ring.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "calibrate/comm/collective_check.hpp"
#include "calibrate/comm/idle_within.hpp"
#include "calibrate/device/partition.hpp"
#include "calibrate/device/probe.hpp"
#include "calibrate/device/stream.hpp"
#if BRAID_HAVE_NCCL
#include "calibrate/comm/nccl_self.hpp"
#endif

namespace braid::gpu {
namespace {

constexpr int kRanks = 4, kCtas = 3;
constexpr unsigned kSms = 16;

class PartitionRingTest : public testing::Test {
 protected:
  void SetUp() override {
    parts = std::make_unique<Partitions>(kRanks, kSms);
    for (std::size_t r = 0; r < kRanks; ++r) spin(1, 1e-6, parts->stream(r));  // see PartitionRing::enqueue
    BRAID_CUDA(cudaDeviceSynchronize());
    ring = std::make_unique<PartitionRing>(kRanks, kCtas, 0.2, std::size_t{4} << 10);  // slots of 2048 elements
  }
  // Rank r puts (i mod 5) + r into element i.
  void allocate(std::size_t in_count, std::size_t out_count) {
    in.clear(), out.clear();
    for (int r = 0; r < kRanks; ++r) {
      std::vector<Bf16> host(in_count);
      for (std::size_t i = 0; i < in_count; ++i)
        host[i] = __float2bfloat16(static_cast<float>(i % 5) + static_cast<float>(r));
      in.emplace_back(in_count * 2), out.emplace_back(out_count * 2);
      BRAID_CUDA(cudaMemcpy(in.back().as<>(), host.data(), in_count * 2, cudaMemcpyHostToDevice));
      BRAID_CUDA(cudaMemset(out.back().as<>(), 0xff, out_count * 2));
    }
    BRAID_CUDA(cudaDeviceSynchronize());
  }
  void run(RingOp op, std::size_t count, RingLink link = {}, int without = -1) {
    for (int r = 0; r < kRanks; ++r) {
      const auto k = static_cast<std::size_t>(r);
      if (r != without)
        ring->enqueue(
            r,
            {.op = op, .in = in[k].as<Bf16>(), .out = out[k].as<Bf16>(), .count = count, .ctas = kCtas, .link = link},
            parts->stream(k));
    }
  }
  void wait() {
    for (std::size_t r = 0; r < kRanks; ++r) ASSERT_TRUE(idle_within(parts->stream(r), 10));
  }
  float at(const std::vector<DeviceBuffer>& of, std::size_t rank, std::size_t i) const {
    Bf16 v;
    BRAID_CUDA(cudaMemcpy(&v, of[rank].as<Bf16>() + i, 2, cudaMemcpyDeviceToHost));
    return __bfloat162float(v);
  }
  std::vector<float> all(std::size_t rank) const {
    std::vector<Bf16> v(out[rank].bytes() / 2);
    BRAID_CUDA(cudaMemcpy(v.data(), out[rank].as<>(), out[rank].bytes(), cudaMemcpyDeviceToHost));
    std::vector<float> f;
    for (auto x : v) f.push_back(__bfloat162float(x));
    return f;
  }
  std::unique_ptr<Partitions> parts;
  std::unique_ptr<PartitionRing> ring;
  std::vector<DeviceBuffer> in, out;
};

TEST_F(PartitionRingTest, AllReducesTwentyTimesInARow) {
  // 100003 elements: no share, channel or slot is whole at the end, and 3 are left behind the last vector of 8.
  constexpr std::size_t kCount = 100003;
  allocate(kCount, kCount);
  for (int launch = 0; launch < 20; ++launch) run(RingOp::all_reduce, kCount);
  wait();
  ASSERT_TRUE(ring->recover_if_failed());
  for (std::size_t r = 0; r < kRanks; ++r) {
    const auto got = all(r);
    // 4 (i mod 5) + 0 + 1 + 2 + 3.
    for (std::size_t i = 0; i < kCount; ++i) ASSERT_EQ(got[i], 4 * static_cast<float>(i % 5) + 6) << r << " " << i;
  }
}

TEST_F(PartitionRingTest, ReduceScattersAndGathers) {
  constexpr std::size_t kCount = 64000, kShare = kCount / kRanks;
  allocate(kCount, kShare);
  run(RingOp::reduce_scatter, kCount);
  wait();
  ASSERT_TRUE(ring->recover_if_failed());
  for (std::size_t r = 0; r < kRanks; ++r) {
    const auto got = all(r);
    for (std::size_t i = 0; i < kShare; ++i)
      ASSERT_EQ(got[i], 4 * static_cast<float>((r * kShare + i) % 5) + 6) << r << " " << i;
  }
  allocate(kShare, kCount);
  run(RingOp::all_gather, kCount);
  wait();
  ASSERT_TRUE(ring->recover_if_failed());
  for (std::size_t r = 0; r < kRanks; ++r) {
    const auto got = all(r);
    for (std::size_t i = 0; i < kCount; ++i)
      ASSERT_EQ(got[i], static_cast<float>(i % kShare % 5) + static_cast<float>(i / kShare)) << r << " " << i;
  }
}

TEST_F(PartitionRingTest, GivesUpOnAMissingRankAndWorksAgain) {
  constexpr std::size_t kCount = 100000;
  allocate(kCount, kCount);
  run(RingOp::all_reduce, kCount, {}, 2);
  wait();
  EXPECT_FALSE(ring->recover_if_failed());
  run(RingOp::all_reduce, kCount);
  wait();
  ASSERT_TRUE(ring->recover_if_failed());
  EXPECT_EQ(at(out, 3, kCount - 1), 4 * static_cast<float>((kCount - 1) % 5) + 6);
}

TEST_F(PartitionRingTest, TakesAtLeastItsLinksTime) {
  // 2 (4 - 1) = 6 steps of 500 us, whatever else: 3 ms. 512 elements a share: one slot.
  constexpr std::size_t kCount = 2048;
  allocate(kCount, kCount);
  run(RingOp::all_reduce, kCount);
  wait();
  const auto begin = std::chrono::steady_clock::now();
  run(RingOp::all_reduce, kCount, {.latency_us = 500, .gb_per_s_per_channel = 1});
  wait();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(3));
  ASSERT_TRUE(ring->recover_if_failed());
  EXPECT_EQ(at(out, 0, 1), 4 * 1 + 6);
}

TEST_F(PartitionRingTest, IsCheckedElementByElement) {
  constexpr std::size_t kCount = 4096;
  allocate(kCount, kCount);
  run(RingOp::all_reduce, kCount);
  wait();
  std::vector<RankBuffers> ranks;
  for (std::size_t r = 0; r < kRanks; ++r) ranks.push_back({0, in[r].as<Bf16>(), out[r].as<Bf16>()});
  EXPECT_EQ(worst_error(Collective::all_reduce, kCount * 2, ranks, kCount), 0);
  // Element 7 is 4 * 2 + 6 = 14; 7 in its place is off by half of what went in.
  const Bf16 wrong = __float2bfloat16(7);
  BRAID_CUDA(cudaMemcpy(out[1].as<Bf16>() + 7, &wrong, 2, cudaMemcpyHostToDevice));
  EXPECT_DOUBLE_EQ(worst_error(Collective::all_reduce, kCount * 2, ranks, kCount), 0.5);
  // And an element that nobody wrote is a NaN.
  BRAID_CUDA(cudaMemset(out[2].as<>(), 0xff, 2));
  EXPECT_EQ(worst_error(Collective::all_reduce, kCount * 2, ranks, kCount), 1e30);
}

TEST_F(PartitionRingTest, RefusesABlockCountThatItHasNoRoomFor) {
  allocate(64, 64);
  EXPECT_THROW(
      ring->enqueue(
          0,
          {.op = RingOp::all_reduce, .in = in[0].as<Bf16>(), .out = out[0].as<Bf16>(), .count = 64, .ctas = kCtas + 1},
          parts->stream(0)),
      Error);
}

#if BRAID_HAVE_NCCL
TEST(NcclSelf, MovesEveryByte) {
  constexpr std::size_t kBytes = std::size_t{8} << 20;
  const auto from = std::make_shared<DeviceBuffer>(kBytes), to = std::make_shared<DeviceBuffer>(kBytes);
  fill_normal(from->as<Bf16>(), kBytes / 2, 1.f, 5);
  BRAID_CUDA(cudaMemset(to->as<>(), 0xff, kBytes));
  BRAID_CUDA(cudaDeviceSynchronize());
  const Stream stream(Stream::Priority::highest);
  const NcclSelf nccl(4, from, to);
  nccl.exchange(kBytes, stream);
  ASSERT_TRUE(idle_within(stream, 10));
  const std::vector<RankBuffers> one{{0, from->as<Bf16>(), to->as<Bf16>()}};
  EXPECT_EQ(worst_error(Collective::send_recv, kBytes, one, kBytes), 0);
}
#endif

}  // namespace
}  // namespace braid::gpu
