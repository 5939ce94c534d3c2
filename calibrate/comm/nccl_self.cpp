// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/nccl_self.hpp"

#include "calibrate/comm/nccl_check.hpp"

namespace braid::gpu {

NcclSelf::NcclSelf(int ctas, std::shared_ptr<const DeviceBuffer> from, std::shared_ptr<const DeviceBuffer> to)
    : ctas_(ctas), from_(std::move(from)), to_(std::move(to)) {
  ncclUniqueId id;
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  if (ctas) config.minCTAs = config.maxCTAs = ctas;
  config.cgaClusterSize = 1;
  BRAID_NCCL(ncclGetUniqueId(&id));
  BRAID_NCCL(ncclCommInitRankConfig(&comm_, 1, id, 0, &config));
}
NcclSelf::~NcclSelf() {
  if (comm_) ncclCommDestroy(comm_);
}
void NcclSelf::abort() {
  if (comm_) ncclCommAbort(comm_);
  comm_ = nullptr;
}

void NcclSelf::exchange(std::size_t bytes, cudaStream_t s) const {
  NcclCalls calls;
  BRAID_NCCL(ncclSend(from_->as<>(), bytes, ncclInt8, 0, comm_, s));
  BRAID_NCCL(ncclRecv(to_->as<>(), bytes, ncclInt8, 0, comm_, s));
  calls.launch();
}

}  // namespace braid::gpu
