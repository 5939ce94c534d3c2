// SPDX-License-Identifier: Apache-2.0
#include "sim/app/stop_signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "sim/base/error.hpp"

namespace braid {

StopSignals::StopSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  signals_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (signals_ < 0) throw Error("signals", std::string("cannot be watched: ") + std::strerror(errno));
  sigprocmask(SIG_BLOCK, &set, &before_);
}

StopSignals::~StopSignals() {
  asked();  // or they would come when they are let through
  sigprocmask(SIG_SETMASK, &before_, nullptr);
  close(signals_);
}

bool StopSignals::asked() {
  signalfd_siginfo info{};
  while (read(signals_, &info, sizeof info) == ssize_t(sizeof info)) asked_ = true;
  return asked_;
}

}  // namespace braid
