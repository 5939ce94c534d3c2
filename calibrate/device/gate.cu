// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/check.hpp"
#include "calibrate/device/gate.hpp"

namespace braid::gpu {
namespace {

// One thread only: more that poll the host's memory slow everything on the GPU.
__global__ void gate_kernel(const volatile unsigned* open, volatile unsigned* gave_up, unsigned long long limit_ns) {
  unsigned long long begin, now;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(begin));
  do asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  while (!*open && now - begin < limit_ns);
  if (!*open) *gave_up = 1;
}

}  // namespace

Gate::Gate() {
  BRAID_CUDA(cudaHostAlloc(&flags_, sizeof *flags_, cudaHostAllocMapped));
  const auto status = cudaHostGetDevicePointer(&mapped_, flags_, 0);
  if (status != cudaSuccess) cudaFreeHost(flags_);
  BRAID_CUDA(status);
  *flags_ = {1, 0};
}
Gate::~Gate() {
  open();
  cudaStreamSynchronize(stream_);
  cudaFreeHost(flags_);
}

void Gate::close(const std::vector<cudaStream_t>& held, double limit_s) {
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  *flags_ = {0, 0};
  gate_kernel<<<1, 1, 0, stream_>>>(&mapped_->open, &mapped_->gave_up, static_cast<unsigned long long>(limit_s * 1e9));
  BRAID_CUDA(cudaGetLastError());
  BRAID_CUDA(cudaEventRecord(passed_, stream_));
  for (auto s : held) BRAID_CUDA(cudaStreamWaitEvent(s, passed_));
}
void Gate::open() { *static_cast<volatile unsigned*>(&flags_->open) = 1; }
bool Gate::gave_up() const {
  BRAID_CUDA(cudaStreamSynchronize(stream_));
  return *static_cast<volatile unsigned*>(&flags_->gave_up) != 0;
}

}  // namespace braid::gpu
