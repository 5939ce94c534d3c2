// SPDX-License-Identifier: Apache-2.0
// How a failing call into NCCL becomes an exception, and a group of calls that ends whatever happens.
#pragma once

#include <nccl.h>

#include "calibrate/device/check.hpp"

#define BRAID_NCCL(call)                                                                   \
  do {                                                                                     \
    const ncclResult_t braid_status = (call);                                              \
    ::braid::gpu::gpu_check(braid_status == ncclSuccess || braid_status == ncclInProgress, \
                            ncclGetErrorString(braid_status), #call, __FILE__, __LINE__);  \
  } while (0)

namespace braid::gpu {

class NcclCalls {
 public:
  NcclCalls() { BRAID_NCCL(ncclGroupStart()); }
  ~NcclCalls() {
    if (open_) ncclGroupEnd();
  }
  NcclCalls(const NcclCalls&) = delete;
  NcclCalls& operator=(const NcclCalls&) = delete;
  void launch() {
    open_ = false;
    BRAID_NCCL(ncclGroupEnd());
  }
  /// Ends the group without running anything; NCCL's estimate of its time in microseconds, negative where it has none.
  double simulate() {
    ncclSimInfo_t info = NCCL_SIM_INFO_INITIALIZER;
    open_ = false;
    BRAID_NCCL(ncclGroupSimulateEnd(&info));
    return info.estimatedTime;
  }

 private:
  bool open_ = true;
};

}  // namespace braid::gpu
