// SPDX-License-Identifier: Apache-2.0
// Host memory that the GPU copies to and from by itself.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>

#include "calibrate/device/check.hpp"

namespace braid::gpu {

class PinnedMemory {
 public:
  /// Throws Error when there is none left.
  explicit PinnedMemory(std::size_t bytes) {
    if (bytes) BRAID_CUDA(cudaHostAlloc(&p_, bytes, cudaHostAllocDefault));
  }
  ~PinnedMemory() {
    if (p_) cudaFreeHost(p_);
  }
  PinnedMemory(const PinnedMemory&) = delete;
  PinnedMemory& operator=(const PinnedMemory&) = delete;
  void* get() const { return p_; }

 private:
  void* p_ = nullptr;
};

}  // namespace braid::gpu
