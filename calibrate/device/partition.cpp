// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/partition.hpp"

#include <cuda.h>
#include <cudaTypedefs.h>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

void* find_in_driver(const char* name, unsigned version) {
  void* p = nullptr;
  cudaDriverEntryPointQueryResult found{};
  const auto e = cudaGetDriverEntryPointByVersion(name, &p, version, cudaEnableDefault, &found);
  if (e != cudaSuccess) cudaGetLastError();  // an older driver: said by the caller, not by the next launch
  return e == cudaSuccess && found == cudaDriverEntryPointSuccess ? p : nullptr;
}

template <class F>
F driver(const char* name, unsigned version) {
  auto* p = find_in_driver(name, version);
  if (!p) throw Error("driver", std::string("lacks ") + name + ", which SM partitions need");
  return reinterpret_cast<F>(p);
}

std::string text_of(CUresult r) {
  const char* text = nullptr;
  if (const auto f = reinterpret_cast<PFN_cuGetErrorString_v6000>(find_in_driver("cuGetErrorString", 6000)))
    f(r, &text);
  return text ? text : "CUresult " + std::to_string(static_cast<int>(r));
}

}  // namespace

#define BRAID_DRIVER(call, name)                                                                         \
  do {                                                                                                   \
    const CUresult braid_status = (call);                                                                \
    if (braid_status != CUDA_SUCCESS) gpu_check(false, text_of(braid_status), name, __FILE__, __LINE__); \
  } while (0)

Partitions::Partitions(unsigned count, unsigned sms) {
  int dev = 0;
  BRAID_CUDA(cudaGetDevice(&dev));
  BRAID_CUDA(cudaFree(nullptr));
  const auto resource = driver<PFN_cuDeviceGetDevResource_v12040>("cuDeviceGetDevResource", 12040);
  const auto split = driver<PFN_cuDevSmResourceSplitByCount_v12040>("cuDevSmResourceSplitByCount", 12040);
  const auto describe = driver<PFN_cuDevResourceGenerateDesc_v12040>("cuDevResourceGenerateDesc", 12040);
  const auto create = driver<PFN_cuGreenCtxCreate_v12040>("cuGreenCtxCreate", 12040);
  driver<PFN_cuGreenCtxDestroy_v12040>("cuGreenCtxDestroy", 12040);
  CUdevResource all{}, rest{};
  BRAID_DRIVER(resource(dev, &all, CU_DEV_RESOURCE_TYPE_SM), "cuDeviceGetDevResource");
  std::vector<CUdevResource> parts(count);
  unsigned got = count;
  BRAID_DRIVER(split(parts.data(), &got, &all, &rest, 0, sms), "cuDevSmResourceSplitByCount");
  if (!count || got < count)
    throw Error("partition", "only " + std::to_string(got) + " of " + std::to_string(count) + " partitions of " +
                                 std::to_string(sms) + " SMs fit");
  sms_ = parts[0].sm.smCount;
  try {
    for (auto& p : parts) {
      CUdevResourceDesc d{};
      CUgreenCtx g{};
      BRAID_DRIVER(describe(&d, &p, 1), "cuDevResourceGenerateDesc");
      BRAID_DRIVER(create(&g, d, dev, CU_GREEN_CTX_DEFAULT_STREAM), "cuGreenCtxCreate");
      contexts_.push_back(g);
      add_stream(contexts_.size() - 1);
    }
  } catch (...) {
    release();
    throw;
  }
}

Partitions::~Partitions() { release(); }

cudaStream_t Partitions::add_stream(std::size_t i, int priority) {
  const auto make = driver<PFN_cuGreenCtxStreamCreate_v12050>("cuGreenCtxStreamCreate", 12050);
  CUstream s{};
  BRAID_DRIVER(make(&s, static_cast<CUgreenCtx>(contexts_.at(i)), CU_STREAM_NON_BLOCKING, priority),
               "cuGreenCtxStreamCreate");
  streams_.push_back(s);
  return s;
}

void Partitions::release() {
  for (auto s : streams_) cudaStreamDestroy(s);
  // Absent only when the driver went away with the process.
  if (const auto destroy = reinterpret_cast<PFN_cuGreenCtxDestroy_v12040>(find_in_driver("cuGreenCtxDestroy", 12040)))
    for (auto* g : contexts_) destroy(static_cast<CUgreenCtx>(g));
  streams_.clear(), contexts_.clear();
}

}  // namespace braid::gpu
