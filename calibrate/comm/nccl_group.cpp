// SPDX-License-Identifier: Apache-2.0
#include "calibrate/comm/nccl_group.hpp"

#include <algorithm>

#include "calibrate/comm/nccl_check.hpp"
#include "calibrate/comm/on_device.hpp"

namespace braid::gpu {

NcclGroup::NcclGroup(std::vector<NcclRank> ranks, int ctas) : ranks_(std::move(ranks)), comms_(ranks_.size()) {
  ncclUniqueId id;
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  if (ctas) config.minCTAs = config.maxCTAs = ctas;
  BRAID_NCCL(ncclGetUniqueId(&id));
  const int n = static_cast<int>(ranks_.size());
  NcclCalls calls;
  for (int r = 0; r < n; ++r) {
    const OnDevice there(ranks_[static_cast<std::size_t>(r)].device);
    BRAID_NCCL(ncclCommInitRankConfig(&comms_[static_cast<std::size_t>(r)], n, id, r, &config));
  }
  calls.launch();
}
NcclGroup::~NcclGroup() {
  ncclGroupStart();
  for (auto c : comms_)
    if (c) ncclCommDestroy(c);
  ncclGroupEnd();
}
void NcclGroup::abort() {
  ncclGroupStart();
  for (auto& c : comms_) {
    if (c) ncclCommAbort(c);
    c = nullptr;
  }
  ncclGroupEnd();
}

void NcclGroup::call(Collective what, std::size_t bytes) const {
  const auto n = ranks_.size();
  const int ranks = static_cast<int>(n);
  const std::size_t sent = bytes_sent(what, bytes, ranks) / 2, kept = bytes_kept(what, bytes, ranks) / 2;
  for (std::size_t r = 0; r < n; ++r) {
    const auto& k = ranks_[r];
    const auto comm = comms_[r];
    switch (what) {
      case Collective::all_reduce:
        BRAID_NCCL(ncclAllReduce(k.from, k.to, sent, ncclBfloat16, ncclSum, comm, k.stream));
        break;
      case Collective::all_gather:
        BRAID_NCCL(ncclAllGather(k.from, k.to, sent, ncclBfloat16, comm, k.stream));
        break;
      case Collective::reduce_scatter:
        BRAID_NCCL(ncclReduceScatter(k.from, k.to, kept, ncclBfloat16, ncclSum, comm, k.stream));
        break;
      case Collective::send_recv:
        BRAID_NCCL(ncclSend(k.from, sent, ncclBfloat16, static_cast<int>((r + 1) % n), comm, k.stream));
        BRAID_NCCL(ncclRecv(k.to, kept, ncclBfloat16, static_cast<int>((r + n - 1) % n), comm, k.stream));
        break;
    }
  }
}

void NcclGroup::enqueue(Collective what, std::size_t bytes) const {
  NcclCalls calls;
  call(what, bytes);
  calls.launch();
}

double NcclGroup::estimate_us(Collective what, std::size_t bytes) const {
  if (what == Collective::send_recv) return 0;
  NcclCalls calls;
  call(what, bytes);
  return std::max(0.0, calls.simulate());
}

}  // namespace braid::gpu
