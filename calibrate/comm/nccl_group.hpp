// SPDX-License-Identifier: Apache-2.0
// NCCL over several GPUs of this host, all from one thread: a communicator per GPU, and every collective enqueued on
// all of them by one group call.
#pragma once

#include <nccl.h>

#include <cstddef>
#include <vector>

#include "calibrate/comm/collective_kind.hpp"

namespace braid::gpu {

/// What one rank sends from and receives into, and where it does so.
struct NcclRank {
  int device;
  cudaStream_t stream;
  const void* from;
  void* to;
};

class NcclGroup {
 public:
  /// Ranks 0 to n-1 on the devices given. `ctas` bounds NCCL's blocks from both sides; 0 leaves the choice to NCCL.
  /// Throws Error when NCCL refuses.
  NcclGroup(std::vector<NcclRank> ranks, int ctas);
  ~NcclGroup();
  NcclGroup(const NcclGroup&) = delete;
  NcclGroup& operator=(const NcclGroup&) = delete;

  /// Enqueues one collective of bf16 (sums) on every rank's stream; `bytes` as bus_factor() counts them. Connections
  /// are made at the first call of a kind: do not hold the streams back then.
  void enqueue(Collective, std::size_t bytes) const;
  /// NCCL's own estimate in microseconds; 0 where it has none (send/receive).
  double estimate_us(Collective, std::size_t bytes) const;
  /// Gives up what is under way, for when it does not end; nothing can be enqueued afterwards.
  void abort();
  const std::vector<NcclRank>& ranks() const { return ranks_; }

 private:
  void call(Collective, std::size_t bytes) const;
  std::vector<NcclRank> ranks_;
  std::vector<ncclComm_t> comms_;
};

}  // namespace braid::gpu
