// SPDX-License-Identifier: Apache-2.0
// Collectives between SM partitions of one GPU: a kernel of a chosen number of blocks per rank, which reads and writes
// its neighbours' memory and waits on their flags as NCCL's kernels do (ring_protocol.hpp).
//
// It stands for what a collective does to the SMs and the memory of its rank, and, paced, for a link of known latency
// and bandwidth. It is not NVLink: unpaced, its speed is that of this GPU's L2 and device memory.
#pragma once

#include <cuda_runtime.h>

#include "calibrate/comm/ring_protocol.hpp"
#include "calibrate/device/buffer.hpp"

namespace braid::gpu {

/// The link that a paced collective emulates; zeros: as fast as memory allows. Time is read from the GPU's timer, whose
/// step bounds how fine a latency can be.
struct RingLink {
  double latency_us = 0;  ///< of each of a collective's steps: 2(n-1) a loop in all-reduce, n-1 in the others
  double gb_per_s_per_channel = 0;
};

struct RingCall {
  RingOp op;
  const Bf16* in;  ///< aligned to 16 bytes, as `out`; may be the same place in one buffer
  Bf16* out;
  std::size_t count;  ///< elements of the full buffer, on every rank the same; see RingLayout for shares
  int ctas;           ///< blocks, one per channel; on every rank the same
  RingLink link{};
};

class PartitionRing {
 public:
  /// `ranks` of at least 2; each gets a FIFO of kRingSlots x slot_bytes per channel. A block that waits for a neighbour
  /// longer than `limit_s` gives up, and with it all others. Throws Error when memory is short.
  PartitionRing(int ranks, int max_ctas, double limit_s = 1.0, std::size_t slot_bytes = std::size_t{128} << 10);

  /// Enqueues one rank's part on its partition's stream; can be captured into a graph. All ranks must get the same
  /// calls in the same order, and all blocks of all ranks must fit on the GPU at once; enqueue call by call, not rank
  /// by rank, so that streams that share a hardware queue do not block each other. Each stream must have run something
  /// before: what its first launch sets up could wait for the other ranks' blocks.
  void enqueue(int rank, const RingCall&, cudaStream_t) const;

  /// True when every collective so far finished; else the ring is made ready for the next one. Call with all streams
  /// idle.
  bool recover_if_failed();
  /// Ends what waits now and every collective behind it, until recover_if_failed. `control` is a stream with nothing
  /// else on it.
  void give_up(cudaStream_t control) const;

  int ranks() const { return ranks_; }
  int max_ctas() const { return max_ctas_; }

 private:
  int ranks_, max_ctas_;
  std::uint64_t limit_ns_;
  std::size_t slot_bytes_;
  DeviceBuffer stage_, channels_, failed_;
};

}  // namespace braid::gpu
