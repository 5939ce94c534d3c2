// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/paced_copy.hpp"

#include <algorithm>
#include <chrono>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

constexpr int kThreads = 640;  // as NCCL's point-to-point kernels
constexpr std::size_t kRegion = std::size_t{8}
                                << 20;  // per block and direction: with two or more blocks, more than it finds in L2
constexpr std::size_t kChunk = std::size_t{128} << 10;

__device__ unsigned long long timer_ns() {
  unsigned long long t;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(t));
  return t;
}

struct Snapshot {
  unsigned long long bytes, ns;
};

__global__ void __launch_bounds__(kThreads, 1)
    paced_kernel(char* data, unsigned long long* counters, volatile unsigned* stop, unsigned* started,
                 double ns_per_chunk, bool copies, unsigned long long limit_ns) {
  extern __shared__ char whole_sm[];  // never touched: its size keeps other blocks off this SM
  const auto* from = reinterpret_cast<const uint4*>(data + blockIdx.x * 2 * kRegion);
  auto* to = reinterpret_cast<uint4*>(data + (blockIdx.x * 2 + 1) * kRegion);
  const unsigned long long begin = timer_ns();
  if (!threadIdx.x) *static_cast<volatile unsigned*>(started + blockIdx.x) = 1;
  std::size_t at = 0;
  for (unsigned long long chunk = 0;; ++chunk) {
    if (copies) {
      constexpr int kPer = 4;
      for (std::size_t i = threadIdx.x; i < kChunk / 16; i += kPer * kThreads) {
        uint4 v[kPer];
#pragma unroll
        for (int k = 0; k < kPer; ++k)
          if (i + k * kThreads < kChunk / 16) v[k] = from[at + i + k * kThreads];
#pragma unroll
        for (int k = 0; k < kPer; ++k)
          if (i + k * kThreads < kChunk / 16) to[at + i + k * kThreads] = v[k];
      }
      at = (at + kChunk / 16) % (kRegion / 16);
    }
    bool over = false;
    if (!threadIdx.x) {
      if (copies) atomicAdd(counters + blockIdx.x, static_cast<unsigned long long>(kChunk));
      const unsigned long long due =
          begin + static_cast<unsigned long long>(ns_per_chunk * static_cast<double>(chunk + 1));
      do {
        over = *stop != 0 || timer_ns() - begin > limit_ns;
        if (!over && timer_ns() < due) __nanosleep(200);
      } while (!over && timer_ns() < due);
      if (!copies && !over) __nanosleep(1000);
    }
    if (__syncthreads_or(over)) break;
  }
}

__global__ void snapshot_kernel(const unsigned long long* counters, int n, Snapshot* out) {
  unsigned long long sum = threadIdx.x < n ? *(volatile const unsigned long long*)(counters + threadIdx.x) : 0;
  __shared__ unsigned long long total;
  if (!threadIdx.x) total = 0;
  __syncthreads();
  atomicAdd(&total, sum);
  __syncthreads();
  if (!threadIdx.x) *out = {total, timer_ns()};
}

}  // namespace

PacedCopy::PacedCopy()
    : data_(kMaxCtas * 2 * kRegion), counters_(kMaxCtas * 8), snapshots_(kSlots * sizeof(Snapshot)), stop_(4) {
  int low = 0, high = 0;
  BRAID_CUDA(cudaDeviceGetStreamPriorityRange(&low, &high));
  BRAID_CUDA(cudaStreamCreateWithPriority(&stream_, cudaStreamNonBlocking, high));
  BRAID_CUDA(cudaStreamCreateWithFlags(&control_, cudaStreamNonBlocking));
  BRAID_CUDA(cudaHostAlloc(&host_, sizeof(Mapped), cudaHostAllocMapped));
  BRAID_CUDA(cudaHostGetDevicePointer(&mapped_, host_, 0));
  fill_normal(data_.as<Bf16>(), data_.bytes() / 2, 1.f, 11);
  int shared = 0;
  BRAID_CUDA(cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0));
  BRAID_CUDA(cudaFuncSetAttribute(paced_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared));
  cudaFuncAttributes loaded{};  // a first launch beside blocks that wait could wait for them
  BRAID_CUDA(cudaFuncGetAttributes(&loaded, snapshot_kernel));
  BRAID_CUDA(cudaDeviceSynchronize());
}
PacedCopy::~PacedCopy() {
  host_->raised = 1;
  cudaMemcpyAsync(stop_.as<>(), &host_->raised, 4, cudaMemcpyHostToDevice, control_);
  cudaStreamSynchronize(stream_);
  cudaStreamDestroy(stream_);
  cudaStreamDestroy(control_);
  cudaFreeHost(host_);
}

void PacedCopy::start(int ctas, double gb_per_s, double limit_s) {
  if (ctas < 1 || ctas > kMaxCtas) throw Error("paced copy", "takes 1 to 64 blocks, not " + std::to_string(ctas));
  *host_ = {};
  const auto* started = static_cast<const volatile unsigned*>(host_->started);
  BRAID_CUDA(cudaMemsetAsync(counters_.as<>(), 0, counters_.bytes(), stream_));
  BRAID_CUDA(cudaMemsetAsync(stop_.as<>(), 0, 4, stream_));
  int shared = 0;
  BRAID_CUDA(cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0));
  const double ns_per_chunk = gb_per_s > 0 ? static_cast<double>(kChunk) / gb_per_s : 0;
  paced_kernel<<<static_cast<unsigned>(ctas), kThreads, static_cast<std::size_t>(shared), stream_>>>(
      data_.as<char>(), counters_.as<unsigned long long>(), stop_.as<unsigned>(), mapped_->started, ns_per_chunk,
      gb_per_s != 0, static_cast<unsigned long long>(limit_s * 1e9));
  BRAID_CUDA(cudaGetLastError());
  const auto begin = std::chrono::steady_clock::now();
  while (std::count(started, started + ctas, 1u) < ctas)
    if (std::chrono::steady_clock::now() - begin > std::chrono::seconds(1))
      throw Error("paced copy", "the communication kernel's blocks did not all start within 1 s");
}
void PacedCopy::stop() {
  // The flag lies in device memory and is raised by a copy engine: blocks that poll host memory clog the GPU for
  // everyone.
  host_->raised = 1;
  BRAID_CUDA(cudaMemcpyAsync(stop_.as<>(), &host_->raised, 4, cudaMemcpyHostToDevice, control_));
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  // Blocks that ended by their limit did not wait for the copy: late, it would stop the next start.
  BRAID_CUDA(cudaStreamSynchronize(control_));
}
void PacedCopy::snapshot(cudaStream_t s, int slot) {
  snapshot_kernel<<<1, 64, 0, s>>>(counters_.as<unsigned long long>(), kMaxCtas, snapshots_.as<Snapshot>() + slot);
  BRAID_CUDA(cudaGetLastError());
}
double PacedCopy::rate_gb_per_s(int from, int to) {
  Snapshot a{}, b{};
  BRAID_CUDA(cudaMemcpy(&a, snapshots_.as<Snapshot>() + from, sizeof a, cudaMemcpyDeviceToHost));
  BRAID_CUDA(cudaMemcpy(&b, snapshots_.as<Snapshot>() + to, sizeof b, cudaMemcpyDeviceToHost));
  return b.ns > a.ns ? static_cast<double>(b.bytes - a.bytes) / static_cast<double>(b.ns - a.ns) : 0;
}

}  // namespace braid::gpu
