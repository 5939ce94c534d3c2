// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace braid {
namespace {

// What a signal handler may touch is global by nature; the handler may run on any thread.
std::atomic<std::int64_t> caught_ms{0};  // when; 0: not yet
static_assert(std::atomic<std::int64_t>::is_always_lock_free);
constexpr std::int64_t kSamePressMs = 500;

std::int64_t now_ms() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1000000 + 1;
}

extern "C" void on_interrupt(int) {
  const std::int64_t now = now_ms();
  std::int64_t first = 0;
  if (!caught_ms.compare_exchange_strong(first, now)) {
    if (now - first >= kSamePressMs) _exit(kInterruptedCode);
    return;
  }
  constexpr char kSaid[] = "\nbraid-calibrate: finishing this point; once more ends at once\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kSaid, sizeof kSaid - 1);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return caught_ms != 0; }

}  // namespace braid
