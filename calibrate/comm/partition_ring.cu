// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/partition_ring.hpp"

#include <cuda/atomic>
#include <string>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

constexpr int kThreads = 512;

__device__ uint4 added(uint4 a, uint4 b) {
  auto* x = reinterpret_cast<__nv_bfloat162*>(&a);
  const auto* y = reinterpret_cast<const __nv_bfloat162*>(&b);
#pragma unroll
  for (int k = 0; k < 4; ++k) x[k] = __hadd2(x[k], y[k]);
  return a;
}

struct GpuBlock {
  using Flag = cuda::atomic_ref<std::uint32_t, cuda::thread_scope_device>;
  __device__ static bool leader() { return threadIdx.x == 0; }
  __device__ static bool all(bool ok) { return __syncthreads_and(ok); }
  __device__ static std::uint32_t load(std::uint32_t* p) { return Flag(*p).load(cuda::memory_order_acquire); }
  __device__ static void store(std::uint32_t* p, std::uint32_t v) { Flag(*p).store(v, cuda::memory_order_release); }
  __device__ static std::uint64_t now_ns() {
    std::uint64_t t;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(t));
    return t;
  }
  __device__ static void pause() { __nanosleep(20); }
  // Slots are read past L1, where an earlier launch's contents could linger.
  __device__ static void move(const Bf16* from, const Bf16* add, Bf16* to, Bf16* keep, std::uint64_t n) {
    const auto* f = reinterpret_cast<const uint4*>(from);
    const auto* a = reinterpret_cast<const uint4*>(add);
    auto *t = reinterpret_cast<uint4*>(to), *k = reinterpret_cast<uint4*>(keep);
    constexpr int kPer = 4;
    const std::uint64_t vectors = n / 8;
    for (std::uint64_t i = threadIdx.x; i < vectors; i += kPer * kThreads) {
      uint4 v[kPer];
#pragma unroll
      for (int j = 0; j < kPer; ++j)
        if (i + j * kThreads < vectors) v[j] = __ldcg(f + i + j * kThreads);
      if (a) {
        uint4 w[kPer];
#pragma unroll
        for (int j = 0; j < kPer; ++j)
          if (i + j * kThreads < vectors) w[j] = a[i + j * kThreads];
#pragma unroll
        for (int j = 0; j < kPer; ++j) v[j] = added(v[j], w[j]);
      }
#pragma unroll
      for (int j = 0; j < kPer; ++j) {
        if (i + j * kThreads >= vectors) continue;
        if (t) t[i + j * kThreads] = v[j];
        if (k) k[i + j * kThreads] = v[j];
      }
    }
    if (const std::uint64_t i = vectors * 8 + threadIdx.x; i < n) {
      const Bf16 v = add ? __hadd(from[i], add[i]) : from[i];
      if (to) to[i] = v;
      if (keep) keep[i] = v;
    }
  }
};

__global__ void __launch_bounds__(kThreads, 1) ring_kernel(const __grid_constant__ RingRank<Bf16> rank, RingOp op) {
  GpuBlock block;
  RingWalk<Bf16, GpuBlock>(rank, blockIdx.x, block).run(op);
}

}  // namespace

PartitionRing::PartitionRing(int ranks, int max_ctas, double limit_s, std::size_t slot_bytes)
    : ranks_(ranks),
      max_ctas_(max_ctas),
      limit_ns_(static_cast<std::uint64_t>(limit_s * 1e9)),
      slot_bytes_((slot_bytes + 15) / 16 * 16),
      stage_(static_cast<std::size_t>(ranks * max_ctas) * kRingSlots * slot_bytes_),
      channels_(static_cast<std::size_t>(ranks * max_ctas) * sizeof(RingChannel)),
      failed_(4) {
  if (ranks < 2 || max_ctas < 1) throw Error("ring", "needs two ranks and one block at least");
  BRAID_CUDA(cudaMemset(channels_.as<>(), 0, channels_.bytes()));
  BRAID_CUDA(cudaMemset(failed_.as<>(), 0, failed_.bytes()));
  cudaFuncAttributes loaded{};  // a module loaded while a block waits could stop its neighbour from starting
  BRAID_CUDA(cudaFuncGetAttributes(&loaded, ring_kernel));
  BRAID_CUDA(cudaDeviceSynchronize());
}

void PartitionRing::enqueue(int rank, const RingCall& c, cudaStream_t s) const {
  if (rank < 0 || rank >= ranks_ || c.ctas < 1 || c.ctas > max_ctas_)
    throw Error("ring", "rank " + std::to_string(rank) + " of " + std::to_string(ranks_) + " with " +
                            std::to_string(c.ctas) + " blocks, of at most " + std::to_string(max_ctas_));
  const auto stage_of = [&](int r) {
    return stage_.as<Bf16>(static_cast<std::size_t>(r * max_ctas_) * kRingSlots * slot_bytes_);
  };
  const auto channels_of = [&](int r) { return channels_.as<RingChannel>() + r * max_ctas_; };
  const int next = (rank + 1) % ranks_;
  const RingRank<Bf16> told{
      .in = c.in,
      .out = c.out,
      .stage = stage_of(rank),
      .next_stage = stage_of(next),
      .mine = channels_of(rank),
      .next = channels_of(next),
      .failed = failed_.as<std::uint32_t>(),
      .layout = {.count = c.count,
                 .slot = slot_bytes_ / sizeof(Bf16),
                 .ranks = static_cast<std::uint32_t>(ranks_),
                 .channels = static_cast<std::uint32_t>(c.ctas)},
      .rank = static_cast<std::uint32_t>(rank),
      .limit_ns = limit_ns_,
      .latency_ns = static_cast<std::uint64_t>(c.link.latency_us * 1e3),
      .ns_per_element = c.link.gb_per_s_per_channel > 0 ? sizeof(Bf16) / c.link.gb_per_s_per_channel : 0};
  ring_kernel<<<static_cast<unsigned>(c.ctas), kThreads, 0, s>>>(told, c.op);
  BRAID_CUDA(cudaGetLastError());
}

void PartitionRing::give_up(cudaStream_t control) const {
  // By a copy engine: no SM may be free for a kernel.
  static constexpr std::uint32_t kFailed = 1;
  BRAID_CUDA(cudaMemcpyAsync(failed_.as<>(), &kFailed, sizeof kFailed, cudaMemcpyHostToDevice, control));
}

bool PartitionRing::recover_if_failed() {
  std::uint32_t failed = 0;
  BRAID_CUDA(cudaMemcpy(&failed, failed_.as<>(), sizeof failed, cudaMemcpyDeviceToHost));
  if (!failed) return true;
  BRAID_CUDA(cudaMemset(channels_.as<>(), 0, channels_.bytes()));
  BRAID_CUDA(cudaMemset(failed_.as<>(), 0, failed_.bytes()));
  BRAID_CUDA(cudaDeviceSynchronize());
  return false;
}

}  // namespace braid::gpu
