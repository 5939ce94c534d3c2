// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/nccl_self.hpp"

#include "calibrate/device/check.hpp"

#define BRAID_NCCL(call)                                                                   \
  do {                                                                                     \
    const ncclResult_t braid_status = (call);                                              \
    ::braid::gpu::gpu_check(braid_status == ncclSuccess || braid_status == ncclInProgress, \
                            ncclGetErrorString(braid_status), #call, __FILE__, __LINE__);  \
  } while (0)

namespace braid::gpu {

NcclSelf::NcclSelf(int ctas, std::shared_ptr<const DeviceBuffer> from, std::shared_ptr<const DeviceBuffer> to)
    : ctas_(ctas), from_(std::move(from)), to_(std::move(to)) {
  ncclUniqueId id;
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  config.minCTAs = ctas;
  config.maxCTAs = ctas;
  config.cgaClusterSize = 1;
  BRAID_NCCL(ncclGetUniqueId(&id));
  BRAID_NCCL(ncclCommInitRankConfig(&comm_, 1, id, 0, &config));
}
NcclSelf::~NcclSelf() { ncclCommDestroy(comm_); }

void NcclSelf::exchange(std::size_t bytes, cudaStream_t s) const {
  BRAID_NCCL(ncclGroupStart());
  BRAID_NCCL(ncclSend(from_->as<>(), bytes, ncclInt8, 0, comm_, s));
  BRAID_NCCL(ncclRecv(to_->as<>(), bytes, ncclInt8, 0, comm_, s));
  BRAID_NCCL(ncclGroupEnd());
}

}  // namespace braid::gpu
