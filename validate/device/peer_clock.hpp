// SPDX-License-Identifier: Apache-2.0
// The times at which absent peers do their part: streams wait for them, and no SM is held meanwhile.
//
// A kernel that waited would take an SM from persistent matrix products, which costs them more than a message does. So
// a host thread writes a counter into pinned memory when an instant has come, and streams wait for values of it in
// their front end (cuStreamWaitValue32). Instants count from start(), so what is late does not make the next one late.
#pragma once

#include <cuda_runtime.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace braid::gpu {

class PeerClock {
 public:
  /// Instants in seconds, in any order. Throws Error when the driver cannot wait for a value.
  explicit PeerClock(std::vector<double> due_s);
  ~PeerClock();
  PeerClock(const PeerClock&) = delete;
  PeerClock& operator=(const PeerClock&) = delete;

  /// What is enqueued on the stream from now on waits for the `i`-th instant, as the constructor got them.
  void enqueue_wait(std::size_t i, cudaStream_t) const;
  /// Sets the counter back; before anything is enqueued.
  void reset();
  /// The step is released now.
  void start();
  /// When the instants came, by the recording's clock; waits for the last. Call when the step has ended.
  std::vector<std::uint64_t> times_ns();
  /// All instants come at once: nothing waits any more.
  void release_all();

 private:
  void run(std::uint64_t from_ns);
  void stop();
  std::vector<double> due_s_;
  std::vector<std::uint32_t> order_, place_;  // instants by time, and where each is in that order
  std::vector<std::uint64_t> written_ns_;     // by place
  volatile std::uint32_t* counter_{};
  std::uint64_t device_counter_ = 0;
  void* wait_value_{};
  std::atomic<bool> hurry_{false};
  std::thread thread_;
};

}  // namespace braid::gpu
