// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace braid {
namespace {

// What a signal handler may touch is global by nature; the handler may run on any thread.
std::atomic<bool> caught{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int) {
  if (caught.exchange(true)) _exit(kInterruptedCode);
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

bool interrupted() { return caught; }

}  // namespace braid
