// SPDX-License-Identifier: Apache-2.0
// A thread beside the caller's that stays, so that a frame starts none and allocates nothing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace braid {

class RowWorkers {
 public:
  RowWorkers();
  ~RowWorkers();
  RowWorkers(const RowWorkers&) = delete;
  RowWorkers& operator=(const RowWorkers&) = delete;

  static constexpr int kWorkers = 2;

  /// Calls job(i, worker) for every i below `count`; worker is 0 or 1, and no two calls with one worker at a time. All
  /// are done when it returns. Jobs do not throw.
  template <typename Job>
  void run(std::size_t count, Job&& job) {
    run(
        count,
        [](void* to, std::size_t i, int worker) { (*static_cast<std::remove_reference_t<Job>*>(to))(i, worker); },
        &job);
  }

 private:
  using Call = void (*)(void*, std::size_t, int);
  void run(std::size_t count, Call call, void* job);
  void work(int worker);
  void loop();

  std::mutex mutex_;
  std::condition_variable begin_, end_;
  Call call_ = nullptr;
  void* job_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> next_{0};
  unsigned round_ = 0;
  bool running_ = false, stop_ = false;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace braid
