// SPDX-License-Identifier: Apache-2.0
// Holds streams back until the host has enqueued everything, so that no measurement waits for the host.
#pragma once

#include <vector>

#include "calibrate/device/stream.hpp"

namespace braid::gpu {

class Gate {
 public:
  Gate();
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  /// What is enqueued on these streams from now on waits for `open`, but for no longer than `limit_s`. Waits for an
  /// earlier closing to pass.
  void close(const std::vector<cudaStream_t>& held, double limit_s = 0.5);
  void open();
  /// Whether the last closing ended by its limit instead of by `open`: what was measured behind it did wait for the
  /// host. Synchronises the gate's own stream.
  bool gave_up() const;

 private:
  struct Flags {
    unsigned open, gave_up;
  };
  Stream stream_;
  Event passed_{Event::Kind::untimed};
  Flags *flags_{}, *mapped_{};
};

}  // namespace braid::gpu
