// SPDX-License-Identifier: Apache-2.0
// Signals that ask a long command to stop: it finishes what it is writing instead of dying.
#pragma once

#include <csignal>

namespace braid {

/// Out of a command that was asked to stop, after it has said what it kept; the program ends with kExitStopped.
struct Stopped {};
inline constexpr int kExitStopped = 130;

/// From here on SIGINT, SIGTERM and SIGHUP are noted instead of ending this process, until this goes. Processes that
/// are forked meanwhile do not see them either.
class StopSignals {
 public:
  /// Throws Error if the system has no way to do this.
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Whether one has come since the beginning.
  bool asked();

 private:
  int signals_ = -1;
  bool asked_ = false;
  sigset_t before_{};
};

}  // namespace braid
