// SPDX-License-Identifier: Apache-2.0
// A real NCCL kernel on one GPU: a communicator of one rank that sends to itself, with a chosen number of CTAs.
//
// What it stands for: the SMs that a collective takes and the memory traffic it makes. What it does not: NVLink, or the
// cost of a collective's steps. (Collectives of one rank turn into plain copies, and so cannot stand for anything.)
#pragma once

#include <nccl.h>

#include <algorithm>
#include <memory>

#include "calibrate/device/buffer.hpp"

namespace braid::gpu {

class NcclSelf {
 public:
  /// Exchanges go from one buffer to the other. NCCL rounds `ctas` up to a power of two; 0 leaves the choice to it.
  /// Throws Error when it refuses.
  NcclSelf(int ctas, std::shared_ptr<const DeviceBuffer> from, std::shared_ptr<const DeviceBuffer> to);
  ~NcclSelf();
  NcclSelf(const NcclSelf&) = delete;
  NcclSelf& operator=(const NcclSelf&) = delete;
  /// Enqueues one send and receive of `bytes` between two buffers of this GPU.
  void exchange(std::size_t bytes, cudaStream_t) const;
  /// Gives up what is under way, for when it does not end; nothing can be exchanged afterwards.
  void abort();
  int ctas() const { return ctas_; }
  std::size_t max_bytes() const { return std::min(from_->bytes(), to_->bytes()); }

 private:
  ncclComm_t comm_{};
  int ctas_;
  std::shared_ptr<const DeviceBuffer> from_, to_;
};

}  // namespace braid::gpu
