// SPDX-License-Identifier: Apache-2.0
// Says on a terminal what takes long; says nothing in a pipe, in the first two seconds, or when asked to be quiet.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace braid {

class Progress {
 public:
  /// `total` steps of equal worth; `quiet` switches it off.
  Progress(int total, bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Step `done` (from 0) begins.
  void step(int done, const std::string& what);

 private:
  void show();

  int total_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string what_;
  int done_ = 0;
  bool stop_ = false;
  std::thread painter_;
};

}  // namespace braid
