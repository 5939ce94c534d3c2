// SPDX-License-Identifier: Apache-2.0
// Makes a GPU current for a scope.
#pragma once

#include "calibrate/device/check.hpp"

namespace braid::gpu {

class OnDevice {
 public:
  explicit OnDevice(int device) {
    BRAID_CUDA(cudaGetDevice(&before_));
    BRAID_CUDA(cudaSetDevice(device));
  }
  ~OnDevice() { cudaSetDevice(before_); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;

 private:
  int before_ = 0;
};

}  // namespace braid::gpu
