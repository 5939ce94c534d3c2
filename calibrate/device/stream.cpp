// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/stream.hpp"

#include "calibrate/device/check.hpp"

namespace braid::gpu {

Stream::Stream(Priority p) {
  int lowest = 0, highest = 0;
  if (p == Priority::highest) BRAID_CUDA(cudaDeviceGetStreamPriorityRange(&lowest, &highest));
  BRAID_CUDA(cudaStreamCreateWithPriority(&s_, cudaStreamNonBlocking, highest));
}
Stream::~Stream() {
  if (s_) cudaStreamDestroy(s_);
}

Event::Event(Kind k) {
  BRAID_CUDA(cudaEventCreateWithFlags(&e_, k == Kind::timed ? cudaEventDefault : cudaEventDisableTiming));
}
Event::~Event() {
  if (e_) cudaEventDestroy(e_);
}
bool Event::happened() const {
  const auto status = cudaEventQuery(e_);
  if (status != cudaErrorNotReady) BRAID_CUDA(status);
  cudaGetLastError();  // "not ready" would be taken for the next launch's error
  return status == cudaSuccess;
}

double elapsed_us(const Event& from, const Event& to) {
  float ms = 0;
  BRAID_CUDA(cudaEventElapsedTime(&ms, from, to));
  return ms * 1e3;
}

}  // namespace braid::gpu
