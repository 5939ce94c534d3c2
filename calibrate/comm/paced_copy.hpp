// SPDX-License-Identifier: Apache-2.0
// A kernel shaped like a collective's: `ctas` blocks of 640 threads, each holding an SM alone, that copies through
// device memory at a chosen pace until told to stop. At pace zero it only holds its SMs, which separates the loss of
// SMs from the loss of bandwidth.
#pragma once

#include <vector>

#include "calibrate/device/buffer.hpp"

namespace braid::gpu {

class PacedCopy {
 public:
  PacedCopy();
  ~PacedCopy();
  PacedCopy(const PacedCopy&) = delete;
  PacedCopy& operator=(const PacedCopy&) = delete;

  static constexpr double kUnpaced = -1;
  /// Starts the kernel and returns once every block runs. `gb_per_s` is what each block copies (read plus written is
  /// twice that); 0 copies nothing, kUnpaced as fast as it can. Ends by itself after `limit_s`. Throws Error when
  /// the blocks do not start.
  void start(int ctas, double gb_per_s, double limit_s = 2);
  /// Tells the blocks to stop and waits for them.
  void stop();
  /// Enqueues on `stream` a snapshot of the bytes copied so far and of the GPU's timer, into slot 0..63.
  void snapshot(cudaStream_t stream, int slot);
  /// GB/s copied by all blocks between two slots; call after the snapshots' stream was synchronised.
  double rate_gb_per_s(int from, int to);

 private:
  static constexpr int kMaxCtas = 64, kSlots = 64;
  struct Mapped {
    unsigned started[kMaxCtas], raised;
  };
  cudaStream_t stream_{}, control_{};
  Mapped* host_{};
  Mapped* mapped_{};
  DeviceBuffer data_, counters_, snapshots_, stop_;
};

}  // namespace braid::gpu
