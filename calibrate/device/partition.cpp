// SPDX-License-Identifier: Apache-2.0
#include "calibrate/device/partition.hpp"

#include <cuda.h>
#include <cudaTypedefs.h>

#include "calibrate/device/check.hpp"
#include "calibrate/device/driver.hpp"

namespace braid::gpu {
namespace {

constexpr const char* kNeeds = "SM partitions need";

}  // namespace

Partitions::Partitions(unsigned count, unsigned sms) {
  int dev = 0;
  BRAID_CUDA(cudaGetDevice(&dev));
  BRAID_CUDA(cudaFree(nullptr));
  const auto resource = driver<PFN_cuDeviceGetDevResource_v12040>("cuDeviceGetDevResource", 12040, kNeeds);
  const auto split = driver<PFN_cuDevSmResourceSplitByCount_v12040>("cuDevSmResourceSplitByCount", 12040, kNeeds);
  const auto describe = driver<PFN_cuDevResourceGenerateDesc_v12040>("cuDevResourceGenerateDesc", 12040, kNeeds);
  const auto create = driver<PFN_cuGreenCtxCreate_v12040>("cuGreenCtxCreate", 12040, kNeeds);
  driver<PFN_cuGreenCtxDestroy_v12040>("cuGreenCtxDestroy", 12040, kNeeds);
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
  const auto make = driver<PFN_cuGreenCtxStreamCreate_v12050>("cuGreenCtxStreamCreate", 12050, kNeeds);
  CUstream s{};
  BRAID_DRIVER(make(&s, static_cast<CUgreenCtx>(contexts_.at(i)), CU_STREAM_NON_BLOCKING, priority),
               "cuGreenCtxStreamCreate");
  streams_.push_back(s);
  return s;
}

void* Partitions::context(std::size_t i) const {
  const auto name = reinterpret_cast<PFN_cuCtxFromGreenCtx_v12040>(find_in_driver("cuCtxFromGreenCtx", 12040));
  CUcontext context{};
  if (name) BRAID_DRIVER(name(&context, static_cast<CUgreenCtx>(contexts_.at(i))), "cuCtxFromGreenCtx");
  return context;
}

void Partitions::release() {
  for (auto s : streams_) cudaStreamDestroy(s);
  // Absent only when the driver went away with the process.
  if (const auto destroy = reinterpret_cast<PFN_cuGreenCtxDestroy_v12040>(find_in_driver("cuGreenCtxDestroy", 12040)))
    for (auto* g : contexts_) destroy(static_cast<CUgreenCtx>(g));
  streams_.clear(), contexts_.clear();
}

}  // namespace braid::gpu
