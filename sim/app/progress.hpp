// SPDX-License-Identifier: Apache-2.0
// Says on a terminal what takes long; says nothing in a pipe, in the first two seconds, or when asked to be quiet. For
// a program that started this one: a line a step, at once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace braid {

/// lines: "progress 0.333 stp" on stderr for each step, share done before it and its name, and "progress 1.000 done"
/// after the last one.
enum class ProgressStyle : std::uint8_t { none, bar, lines };

class Progress {
 public:
  /// `total` steps of equal worth.
  Progress(int total, ProgressStyle style);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Step `done` (from 0) begins.
  void step(int done, const std::string& what);

 private:
  void show();

  int total_;
  ProgressStyle style_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string what_;
  int done_ = 0;
  bool stop_ = false;
  std::thread painter_;
};

}  // namespace braid
