// SPDX-License-Identifier: Apache-2.0
// Work of which whoever waits hears, though it says nothing itself.
#pragma once

#include <atomic>
#include <chrono>
#include <future>
#include <utility>

#include "gui/model/trace.hpp"

namespace braid {

/// Calls `work(stop)` in a thread of its own and `progress(share, what)` here every 40 ms. Once that says no, `stop` is
/// true; then work ends as soon as it looks at it, or at its end, and Cancelled is thrown. Without `progress`, just
/// calls it.
template <typename Work>
auto patiently(const Progress& progress, const std::atomic<double>& share, const char* what, Work work) {
  using namespace std::chrono_literals;
  std::atomic<bool> stop = false;
  if (!progress) return work(std::as_const(stop));
  if (!progress(share, what)) throw Cancelled();
  auto done = std::async(std::launch::async, [&] { return work(std::as_const(stop)); });
  while (done.wait_for(40ms) != std::future_status::ready) stop = stop || !progress(share, what);
  if (stop) throw Cancelled();
  return done.get();
}

}  // namespace braid
