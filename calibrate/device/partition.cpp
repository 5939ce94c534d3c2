// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/partition.hpp"

#include <cuda.h>
#include <cudaTypedefs.h>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

template <class F>
F driver(const char* name, unsigned version) {
  void* p = nullptr;
  cudaDriverEntryPointQueryResult found{};
  const auto e = cudaGetDriverEntryPointByVersion(name, &p, version, cudaEnableDefault, &found);
  if (e != cudaSuccess || !p || found != cudaDriverEntryPointSuccess)
    throw Error("driver", std::string("lacks ") + name);
  return reinterpret_cast<F>(p);
}
void check(CUresult r, const char* call) {
  if (r != CUDA_SUCCESS) throw Error(call, "CUresult " + std::to_string(static_cast<int>(r)));
}

}  // namespace

Partitions::Partitions(unsigned count, unsigned sms) {
  int dev = 0;
  BRAID_CUDA(cudaGetDevice(&dev));
  BRAID_CUDA(cudaFree(nullptr));
  const auto resource = driver<PFN_cuDeviceGetDevResource_v12040>("cuDeviceGetDevResource", 12040);
  const auto split = driver<PFN_cuDevSmResourceSplitByCount_v12040>("cuDevSmResourceSplitByCount", 12040);
  const auto describe = driver<PFN_cuDevResourceGenerateDesc_v12040>("cuDevResourceGenerateDesc", 12040);
  const auto create = driver<PFN_cuGreenCtxCreate_v12040>("cuGreenCtxCreate", 12040);
  const auto make_stream = driver<PFN_cuGreenCtxStreamCreate_v12050>("cuGreenCtxStreamCreate", 12050);
  CUdevResource all{}, rest{};
  check(resource(dev, &all, CU_DEV_RESOURCE_TYPE_SM), "cuDeviceGetDevResource");
  std::vector<CUdevResource> parts(count);
  unsigned got = count;
  check(split(parts.data(), &got, &all, &rest, 0, sms), "cuDevSmResourceSplitByCount");
  if (got < count)
    throw Error("partition", "only " + std::to_string(got) + " partitions of " + std::to_string(sms) + " SMs");
  sms_ = parts[0].sm.smCount;
  for (auto& p : parts) {
    CUdevResourceDesc d{};
    CUgreenCtx g{};
    CUstream s{};
    check(describe(&d, &p, 1), "cuDevResourceGenerateDesc");
    check(create(&g, d, dev, CU_GREEN_CTX_DEFAULT_STREAM), "cuGreenCtxCreate");
    contexts_.push_back(g);
    check(make_stream(&s, g, CU_STREAM_NON_BLOCKING, 0), "cuGreenCtxStreamCreate");
    streams_.push_back(s);
  }
}

Partitions::~Partitions() {
  for (auto s : streams_) cudaStreamDestroy(s);
  try {
    const auto destroy = driver<PFN_cuGreenCtxDestroy_v12040>("cuGreenCtxDestroy", 12040);
    for (auto* g : contexts_) destroy(static_cast<CUgreenCtx>(g));
  } catch (const Error&) {  // the driver went away with the process
  }
}

}  // namespace braid::gpu
