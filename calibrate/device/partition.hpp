// SPDX-License-Identifier: Apache-2.0
// A GPU split into partitions of SMs (green contexts), each with a stream: stand-ins for several GPUs on one.
//
// Each partition's kernels run on its SMs only. L2, device memory, copy engines, power and clock stay shared.
#pragma once

#include <cuda_runtime.h>

#include <vector>

namespace braid::gpu {

/// SMs of each of `count` equal partitions of a GPU of `sms`: a multiple of 8, as compute capability 9.0 grants them.
constexpr unsigned equal_partition(unsigned sms, unsigned count) { return sms / count / 8 * 8; }

class Partitions {
 public:
  /// `count` partitions of `sms` SMs each on the current device. Driver entry points are fetched at run time; libcuda
  /// is not linked. Throws Error when the driver is too old or the SMs do not suffice; nothing is held then.
  Partitions(unsigned count, unsigned sms);
  ~Partitions();
  Partitions(const Partitions&) = delete;
  Partitions& operator=(const Partitions&) = delete;
  cudaStream_t stream(std::size_t i) const { return streams_[i]; }
  /// One more stream of partition `i`, owned by the partitions; a lower `priority` goes first.
  cudaStream_t add_stream(std::size_t i, int priority = 0);
  /// The partition's context, for a CurrentContext; null where the driver has no name for it.
  void* context(std::size_t i) const;
  std::size_t count() const { return contexts_.size(); }
  unsigned sms() const { return sms_; }  ///< of each partition, as granted

 private:
  void release();
  std::vector<void*> contexts_;
  std::vector<cudaStream_t> streams_;  // the partitions' first ones, then those added
  unsigned sms_ = 0;
};

}  // namespace braid::gpu
