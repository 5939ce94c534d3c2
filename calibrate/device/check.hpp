// SPDX-License-Identifier: Apache-2.0
// How a failing call into CUDA, cuBLASLt, cuDNN or NCCL becomes an exception that names the call and the place.
#pragma once

#include <cuda_runtime.h>

#include <string>

#include "sim/base/error.hpp"

namespace braid::gpu {

/// Throws Error unless `ok`: where is file and line, what the call's text and the library's words.
inline void gpu_check(bool ok, const std::string& reason, const char* call, const char* file, int line) {
  if (!ok) throw Error(std::string(file) + ":" + std::to_string(line), std::string(call) + ": " + reason);
}

/// How many usable GPUs the process sees; 0 without a driver. Never throws.
inline int gpu_count() {
  int n = 0;
  if (cudaGetDeviceCount(&n) == cudaSuccess) return n;
  cudaGetLastError();  // taken note of
  return 0;
}

}  // namespace braid::gpu

/// The runtime keeps a failed call's status for the next cudaGetLastError, which would blame a kernel launch for it: it
/// is taken back here.
#define BRAID_CUDA(call)                                                                           \
  do {                                                                                             \
    const cudaError_t braid_status = (call);                                                       \
    if (braid_status != cudaSuccess) {                                                             \
      cudaGetLastError();                                                                          \
      ::braid::gpu::gpu_check(false, cudaGetErrorString(braid_status), #call, __FILE__, __LINE__); \
    }                                                                                              \
  } while (0)
