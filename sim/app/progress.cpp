// SPDX-License-Identifier: Apache-2.0
#include "sim/app/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <exception>

namespace braid {

namespace {

void print_line(double share, const std::string& what) {
  fmt::print(stderr, "progress {:.3f} {}\n", share, what);
  std::fflush(stderr);
}

}  // namespace

Progress::Progress(int total, ProgressStyle style) : total_(total), style_(style) {
  if (style == ProgressStyle::bar && isatty(STDERR_FILENO)) painter_ = std::thread([this] { show(); });
}

Progress::~Progress() {
  if (style_ == ProgressStyle::lines && std::uncaught_exceptions() == 0) print_line(1, "done");
  if (!painter_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  painter_.join();
}

void Progress::step(int done, const std::string& what) {
  const std::lock_guard lock(mutex_);
  done_ = done;
  what_ = what;
  if (style_ == ProgressStyle::lines) print_line(static_cast<double>(done) / total_, what);
}

void Progress::show() {
  const auto started = std::chrono::steady_clock::now();
  constexpr int kWidth = 24;
  constexpr auto kEraseLine = "\r\033[K";
  bool shown = false;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::milliseconds(200), [this] { return stop_; })) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    if (elapsed.count() < 2) continue;
    const int full = kWidth * done_ / total_;
    const std::string bar =
        std::string(static_cast<std::size_t>(full), '#') + std::string(static_cast<std::size_t>(kWidth - full), '.');
    fmt::print(stderr, "{}[{}] {}/{} {} {:.0f} s", kEraseLine, bar, done_, total_, what_, elapsed.count());
    std::fflush(stderr);
    shown = true;
  }
  if (shown) fmt::print(stderr, "{}", kEraseLine);
}

}  // namespace braid
