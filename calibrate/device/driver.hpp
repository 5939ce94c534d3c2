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
