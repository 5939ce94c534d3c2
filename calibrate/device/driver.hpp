// SPDX-License-Identifier: Apache-2.0
// Calls into the driver, found at run time: libcuda is never linked, because a program that needed it would not start
// on a machine without a driver.
#pragma once

#include <cuda.h>
#include <cudaTypedefs.h>
#include <cuda_runtime.h>

#include <string>

#include "calibrate/device/check.hpp"

namespace braid::gpu {

/// The driver's function of that name as of `version` (12040: CUDA 12.4); null when this driver has none.
inline void* find_in_driver(const char* name, unsigned version) {
  void* p = nullptr;
  cudaDriverEntryPointQueryResult found{};
  const auto e = cudaGetDriverEntryPointByVersion(name, &p, version, cudaEnableDefault, &found);
  if (e != cudaSuccess) cudaGetLastError();  // an older driver: said by the caller, not by the next launch
  return e == cudaSuccess && found == cudaDriverEntryPointSuccess ? p : nullptr;
}

/// The same; throws Error, "lacks NAME, which `needed_by`", when there is none.
template <class F>
F driver(const char* name, unsigned version, const char* needed_by) {
  auto* p = find_in_driver(name, version);
  if (!p) throw Error("driver", std::string("lacks ") + name + ", which " + needed_by);
  return reinterpret_cast<F>(p);
}

inline std::string text_of(CUresult r) {
  const char* text = nullptr;
  if (const auto f = reinterpret_cast<PFN_cuGetErrorString_v6000>(find_in_driver("cuGetErrorString", 6000)))
    f(r, &text);
  return text ? text : "CUresult " + std::to_string(static_cast<int>(r));
}

}  // namespace braid::gpu

#define BRAID_DRIVER(call, name)                                                                     \
  do {                                                                                               \
    const CUresult braid_status = (call);                                                            \
    if (braid_status != CUDA_SUCCESS)                                                                \
      ::braid::gpu::gpu_check(false, ::braid::gpu::text_of(braid_status), name, __FILE__, __LINE__); \
  } while (0)

namespace braid::gpu {

/// Makes a context current on this thread while it lives; null: leaves the one that is.
class CurrentContext {
 public:
  explicit CurrentContext(void* context) : pushed_(context != nullptr) {
    if (!pushed_) return;
    const auto push = driver<PFN_cuCtxPushCurrent_v4000>("cuCtxPushCurrent", 4000, "contexts of partitions need");
    BRAID_DRIVER(push(static_cast<CUcontext>(context)), "cuCtxPushCurrent");
  }
  ~CurrentContext() {
    CUcontext last{};
    if (!pushed_) return;
    if (const auto pop = reinterpret_cast<PFN_cuCtxPopCurrent_v4000>(find_in_driver("cuCtxPopCurrent", 4000)))
      pop(&last);
  }
  CurrentContext(const CurrentContext&) = delete;
  CurrentContext& operator=(const CurrentContext&) = delete;

 private:
  bool pushed_;
};

}  // namespace braid::gpu
