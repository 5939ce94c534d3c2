// SPDX-License-Identifier: Apache-2.0
#include <nccl.h>

#include "tests/calibrate/gpu/fake.hpp"

using namespace braid::fake;

namespace {
ncclResult_t nccl(const char* name, ncclResult_t bad = ncclInternalError) { return status(name, ncclSuccess, bad); }
}  // namespace

extern "C" {

const char* ncclGetErrorString(ncclResult_t r) {
  return r == ncclInvalidUsage ? "invalid usage (run with NCCL_DEBUG=WARN for details)" : "internal error";
}
ncclResult_t ncclGetUniqueId(ncclUniqueId* id) { return *id = {}, nccl("ncclGetUniqueId"); }
ncclResult_t ncclCommInitRankConfig(ncclComm_t* c, int, ncclUniqueId, int, ncclConfig_t*) {
  const auto s = nccl("ncclCommInitRankConfig", ncclInvalidUsage);
  if (s == ncclSuccess) *c = create<ncclComm_t>("communicator");
  return s;
}
ncclResult_t ncclCommDestroy(ncclComm_t c) { return destroy("communicator", c), ncclSuccess; }
ncclResult_t ncclCommAbort(ncclComm_t c) { return destroy("communicator", c), ncclSuccess; }
ncclResult_t ncclGroupStart() {
  const auto s = nccl("ncclGroupStart");
  if (s == ncclSuccess) ++calls().live["open group"];
  return s;
}
ncclResult_t ncclGroupEnd() { return --calls().live["open group"], nccl("ncclGroupEnd"); }
ncclResult_t ncclGroupSimulateEnd(ncclSimInfo_t*) { return --calls().live["open group"], nccl("ncclGroupSimulateEnd"); }
ncclResult_t ncclSend(const void*, size_t, ncclDataType_t, int, ncclComm_t, cudaStream_t) { return nccl("ncclSend"); }
ncclResult_t ncclRecv(void*, size_t, ncclDataType_t, int, ncclComm_t, cudaStream_t) { return nccl("ncclRecv"); }

}  // extern "C"
