// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "calibrate/device/buffer.hpp"
#include "calibrate/device/check.hpp"
#include "calibrate/device/probe.hpp"

namespace braid::gpu {
namespace {

constexpr int kMostSms = 1024;

__device__ void wait_ns(unsigned long long ns) {
  unsigned long long begin, now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(begin));
  do asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  while (now - begin < ns);
}

// Blocks stay for a while, so that none can run on an SM after another instead of beside it on a second SM.
__global__ void sm_kernel(int* seen) {
  unsigned sm;
  asm volatile("mov.u32 %0, %smid;" : "=r"(sm));
  if (sm < kMostSms) seen[sm] = 1;
  wait_ns(20000);
}
__global__ void spin_kernel(unsigned long long ns) { wait_ns(ns); }

}  // namespace

std::set<int> sms_of(cudaStream_t s) {
  const DeviceBuffer seen(kMostSms * sizeof(int));
  int dev = 0, sms = 0;
  BRAID_CUDA(cudaGetDevice(&dev));
  BRAID_CUDA(cudaDeviceGetAttribute(&sms, cudaDevAttrMultiProcessorCount, dev));
  BRAID_CUDA(cudaMemset(seen.as<>(), 0, seen.bytes()));
  BRAID_CUDA(cudaDeviceSynchronize());
  sm_kernel<<<static_cast<unsigned>(64 * sms), 32, 0, s>>>(seen.as<int>());
  BRAID_CUDA(cudaGetLastError());
  BRAID_CUDA(cudaStreamSynchronize(s));
  std::vector<int> host(kMostSms);
  BRAID_CUDA(cudaMemcpy(host.data(), seen.as<>(), seen.bytes(), cudaMemcpyDeviceToHost));
  std::set<int> r;
  for (int i = 0; i < kMostSms; ++i)
    if (host[static_cast<std::size_t>(i)]) r.insert(i);
  return r;
}

void spin(int blocks, double seconds, cudaStream_t s) {
  spin_kernel<<<static_cast<unsigned>(blocks), 32, 0, s>>>(static_cast<unsigned long long>(seconds * 1e9));
  BRAID_CUDA(cudaGetLastError());
}

}  // namespace braid::gpu
