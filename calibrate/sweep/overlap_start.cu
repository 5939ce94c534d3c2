// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "calibrate/device/check.hpp"
#include "calibrate/sweep/overlap_start.hpp"

namespace braid::gpu {
namespace {

constexpr int kThreads = 640;
constexpr unsigned long long kHoldNs = 50000;

__device__ unsigned long long timer_ns() {
  unsigned long long t;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(t));
  return t;
}

__global__ void release_kernel(unsigned long long* at) { *at = timer_ns(); }

__global__ void __launch_bounds__(kThreads, 1) start_kernel(unsigned long long* starts) {
  const unsigned long long begin = timer_ns();
  if (!threadIdx.x) starts[blockIdx.x] = begin;
  while (timer_ns() - begin < kHoldNs) __nanosleep(500);
}

std::vector<Event> untimed(int n) {
  std::vector<Event> e;
  for (int i = 0; i < n; ++i) e.emplace_back(Event::Kind::untimed);
  return e;
}

}  // namespace

StartProbe::StartProbe()
    : released_(untimed(kRepeats)),
      launched_(untimed(kRepeats)),
      over_(untimed(kRepeats)),
      times_(kRepeats * (1 + kMaxCtas) * sizeof(unsigned long long)) {
  int dev = 0;
  BRAID_CUDA(cudaGetDevice(&dev));
  BRAID_CUDA(cudaDeviceGetAttribute(&shared_bytes_, cudaDevAttrMaxSharedMemoryPerBlockOptin, dev));
  BRAID_CUDA(cudaFuncSetAttribute(start_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes_));
  cudaFuncAttributes loaded{};
  BRAID_CUDA(cudaFuncGetAttributes(&loaded, release_kernel));
}

StartDelay StartProbe::measure(const Enqueue& op, int ctas, Next next, cudaStream_t s) {
  if (ctas < 1 || ctas > kMaxCtas) throw Error("start delay", "takes 1 to 64 blocks, not " + std::to_string(ctas));
  constexpr int kRow = 1 + kMaxCtas;
  gate_.close({s, comm_});
  for (int i = 0; i < kRepeats; ++i) {
    const auto k = static_cast<std::size_t>(i);
    auto* row = times_.as<unsigned long long>() + i * kRow;
    op(s, 2 * i);
    release_kernel<<<1, 1, 0, s>>>(row);
    BRAID_CUDA(cudaGetLastError());
    BRAID_CUDA(cudaEventRecord(released_[k], s));
    BRAID_CUDA(cudaStreamWaitEvent(comm_, released_[k]));
    cudaLaunchAttribute attribute{};
    attribute.id = cudaLaunchAttributeLaunchCompletionEvent;
    attribute.val.launchCompletionEvent.event = launched_[k];
    cudaLaunchConfig_t how{};
    how.gridDim = dim3(static_cast<unsigned>(ctas));
    how.blockDim = dim3(kThreads);
    how.dynamicSmemBytes = static_cast<std::size_t>(shared_bytes_);
    how.stream = comm_;
    how.attrs = &attribute;
    how.numAttrs = next == Next::gated ? 1 : 0;
    BRAID_CUDA(cudaLaunchKernelEx(&how, start_kernel, row + 1));
    if (next == Next::gated) BRAID_CUDA(cudaStreamWaitEvent(s, launched_[k]));
    if (next != Next::alone) op(s, 2 * i + 1);
    BRAID_CUDA(cudaEventRecord(over_[k], comm_));
    BRAID_CUDA(cudaStreamWaitEvent(s, over_[k]));  // every repeat begins with an empty GPU
  }
  gate_.open();
  BRAID_CUDA(cudaStreamSynchronize(s));
  BRAID_CUDA(cudaStreamSynchronize(comm_));
  if (gate_.gave_up()) return {};
  std::vector<unsigned long long> t(kRepeats * kRow);
  BRAID_CUDA(cudaMemcpy(t.data(), times_.as<>(), t.size() * sizeof t[0], cudaMemcpyDeviceToHost));
  std::vector<double> first, last;
  for (int i = 1; i < kRepeats; ++i) {  // the first warms up
    const auto* row = t.data() + i * kRow;
    const auto [lo, hi] = std::minmax_element(row + 1, row + 1 + ctas);
    const auto after = [&](unsigned long long at) {
      return static_cast<double>(static_cast<long long>(at - *row)) / 1e3;
    };
    first.push_back(after(*lo)), last.push_back(after(*hi));
  }
  return {stats(first), stats(last)};
}

}  // namespace braid::gpu
