// SPDX-License-Identifier: Apache-2.0
// Several NCCL ranks on ONE GPU, in one process: each rank has a file copy of libnccl of its own. NCCL refuses two
// ranks whose host hash and GPU are the same; the hash is kept once per loaded library and follows NCCL_HOSTID, so
// copies can differ in it [NCCL 2.28.9, init.cc and misc/utils.cc].
//
// Each rank takes itself for a host with one GPU: all data pass through pinned memory and a TCP socket on the loopback.
// What runs beside what, in which order and on how many SMs is true; the bandwidth is a network card's, not NVLink's.
// NCCL's authors do not support this: run it last, in a process of its own, under a time limit.
#pragma once

#include <nccl.h>

#include <cstddef>
#include <vector>

namespace braid::gpu {

class NcclCopies {
 public:
  /// What the copies need in the environment, as far as the user has not set it; to be called before the process makes
  /// its first CUDA call (the driver reads part of it then).
  static void set_environment();

  /// Loads a copy for each rank and joins them into one communicator on the current device, with `ctas` blocks a
  /// collective. Throws Error when a copy cannot be made or NCCL refuses. May hang where NCCL does.
  NcclCopies(int ranks, int ctas);
  ~NcclCopies();
  NcclCopies(const NcclCopies&) = delete;
  NcclCopies& operator=(const NcclCopies&) = delete;

  /// Enqueues a sum over all ranks, in place, of the `count` floats in each rank's buffer on its stream. The caller has
  /// both for every rank, and allocates nothing on the device until all streams are idle again.
  void all_reduce(const std::vector<float*>& buffers, std::size_t count,
                  const std::vector<cudaStream_t>& streams) const;
  /// Gives up what is under way, for when it does not end; nothing can be enqueued afterwards.
  void abort();

 private:
  struct Copy;
  std::vector<Copy> copies_;
};

}  // namespace braid::gpu
