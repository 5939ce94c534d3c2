// SPDX-License-Identifier: Apache-2.0
// A wait with a limit, for what might never end: kernels that wait for each other.
#pragma once

#include <chrono>
#include <thread>

#include "calibrate/device/check.hpp"

namespace braid::gpu {

/// Waits until `stream` has nothing left to do; false when it still has after `limit_s`. Throws Error when its work
/// failed.
inline bool idle_within(cudaStream_t stream, double limit_s) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  for (;;) {
    const auto status = cudaStreamQuery(stream);
    if (status == cudaSuccess) return true;
    if (status != cudaErrorNotReady) BRAID_CUDA(status);
    cudaGetLastError();  // "not ready" would be taken for the next launch's error
    if (std::chrono::duration<double>(Clock::now() - begin).count() > limit_s) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

}  // namespace braid::gpu
