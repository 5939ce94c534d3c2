// SPDX-License-Identifier: Apache-2.0
// How long communication waits for SMs once it may run: from its release behind one product, while the next product is
// enqueued right behind the same point, to its first block's first instruction and to its last block's.
#pragma once

#include <vector>

#include "calibrate/device/gate.hpp"
#include "calibrate/device/sampler.hpp"

namespace braid::gpu {

/// Microseconds. The release is read by a one-thread kernel at the end of the first product, which ends about a
/// microsecond after it was read.
struct StartDelay {
  Stats first, last;  ///< first and last block
};

class StartProbe {
 public:
  StartProbe();
  /// alone: no product follows; beside: the next product follows at once; gated: it follows behind the communication's
  /// launch-completion event.
  enum class Next { alone, beside, gated };
  /// Communication is a kernel of `ctas` blocks of 640 threads that each take a whole SM for 50 us, on a stream of the
  /// highest priority. The op runs on `stream`. No samples when the host was slower than the gate's patience.
  StartDelay measure(const Enqueue& op, int ctas, Next next, cudaStream_t stream);

 private:
  static constexpr int kRepeats = 9, kMaxCtas = 64;
  Stream comm_{Stream::Priority::highest};
  Gate gate_;
  std::vector<Event> released_, launched_, over_;
  DeviceBuffer times_;  // per repeat: the release, then every block's start
  int shared_bytes_ = 0;
};

}  // namespace braid::gpu
