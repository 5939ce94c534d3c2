// SPDX-License-Identifier: Apache-2.0
// Real NCCL with several ranks on one GPU. The last of the GPU's tests: what NCCL does not support may hang.
#include "calibrate/comm/nccl_copies.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "calibrate/comm/collective_kind.hpp"
#include "calibrate/comm/idle_within.hpp"
#include "calibrate/device/buffer.hpp"
#include "calibrate/device/stream.hpp"

namespace braid::gpu {
namespace {

constexpr unsigned kLimitSeconds = 50;  // then SIGALRM ends the process, whatever hangs
constexpr double kWaitSeconds = 10;
constexpr int kCtas = 2, kTimed = 5;
constexpr std::size_t kCount = std::size_t{4} << 20;  // 16 MB

void sum_over(int ranks) {
  const auto n = static_cast<std::size_t>(ranks);
  std::vector<DeviceBuffer> memory;
  std::vector<float*> buffers;
  std::vector<Stream> own;
  std::vector<cudaStream_t> streams;
  std::vector<float> host(kCount);
  const Event from, to;
  for (std::size_t r = 0; r < n; ++r) {
    // Element i of rank r is (i mod 7) + r: floats add such integers exactly.
    for (std::size_t i = 0; i < kCount; ++i) host[i] = static_cast<float>(i % 7 + r);
    memory.emplace_back(kCount * 4), own.emplace_back();
    buffers.push_back(memory.back().as<float>()), streams.push_back(own.back());
    BRAID_CUDA(cudaMemcpy(buffers.back(), host.data(), kCount * 4, cudaMemcpyHostToDevice));
  }
  BRAID_CUDA(cudaDeviceSynchronize());
  NcclCopies nccl(ranks, kCtas);
  const auto all_idle = [&] {
    for (const auto s : streams)
      if (!idle_within(s, kWaitSeconds)) return false;
    return true;
  };
  nccl.all_reduce(buffers, kCount, streams);
  if (!all_idle()) {
    nccl.abort();
    FAIL() << ranks << " ranks: no end within " << kWaitSeconds << " s";
  }
  // Over ranks 0 to n-1: n (i mod 7) + n (n-1) / 2.
  for (std::size_t r = 0; r < n; ++r) {
    BRAID_CUDA(cudaMemcpy(host.data(), buffers[r], kCount * 4, cudaMemcpyDeviceToHost));
    for (std::size_t i = 0; i < kCount; ++i)
      ASSERT_EQ(host[i], static_cast<float>(n * (i % 7) + n * (n - 1) / 2)) << "rank " << r << ", element " << i;
  }
  BRAID_CUDA(cudaEventRecord(from, streams[0]));
  for (int i = 0; i < kTimed; ++i) nccl.all_reduce(buffers, kCount, streams);
  BRAID_CUDA(cudaEventRecord(to, streams[0]));
  if (!all_idle()) {
    nccl.abort();
    FAIL() << ranks << " ranks: no end of " << kTimed << " within " << kWaitSeconds << " s";
  }
  const double us = elapsed_us(from, to) / kTimed;
  std::printf("NCCL, %d ranks on one GPU over the loopback, %zu B, %d CTAs: %.0f us, bus %.2f GB/s (not NVLink)\n",
              ranks, kCount * 4, kCtas, us,
              static_cast<double>(kCount * 4) / us / 1e3 * bus_factor(Collective::all_reduce, ranks));
}

// The driver has read its part of the environment when a test begins: the test starts its process again with it.
TEST(NcclCopies, AllReduceOfTwoAndFourRanks) {
  constexpr const char* kAgain = "BRAID_NCCL_COPIES";
  if (!std::getenv(kAgain)) {
    setenv(kAgain, "1", 1);
    NcclCopies::set_environment();
    std::fflush(nullptr);
    execl("/proc/self/exe", "calibrate_gpu_test", "--gtest_brief=1",
          "--gtest_filter=NcclCopies.AllReduceOfTwoAndFourRanks", nullptr);
    FAIL() << "cannot start again";
  }
  alarm(kLimitSeconds);
  for (const int ranks : {2, 4}) ASSERT_NO_FATAL_FAILURE(sum_over(ranks));
}

}  // namespace
}  // namespace braid::gpu
