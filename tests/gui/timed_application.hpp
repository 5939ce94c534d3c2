// SPDX-License-Identifier: Apache-2.0
// The application of tests: it knows how long its event loop was kept by one event.
#pragma once

#include <time.h>

#include <QApplication>
#include <QThread>
#include <algorithm>
#include <fstream>

namespace braid::test {

class TimedApplication : public QApplication {
 public:
  using QApplication::QApplication;

  /// Of the longest event since begin_timing(), with all that it set off before it returned.
  double computing_ms = 0;  ///< of this thread
  double own_ms = 0;        ///< also asleep, but not waiting for a core that another process has
  double wall_ms = 0;

  void begin_timing() {
    computing_ms = own_ms = wall_ms = 0;
    timing_ = true;
  }
  void end_timing() { timing_ = false; }

  bool notify(QObject* receiver, QEvent* event) override {
    if (!timing_ || depth_ > 0 || QThread::currentThread() != thread()) return QApplication::notify(receiver, event);
    const Clocks before = clocks();
    ++depth_;
    const bool taken = QApplication::notify(receiver, event);
    --depth_;
    const Clocks after = clocks();
    const double wall = after.wall - before.wall;
    computing_ms = std::max(computing_ms, after.computing - before.computing);
    own_ms = std::max(own_ms, wall - (after.queued - before.queued));
    wall_ms = std::max(wall_ms, wall);
    return taken;
  }

 private:
  struct Clocks {
    double wall = 0, computing = 0, queued = 0;  ///< ms
  };
  static Clocks clocks() {
    const auto ms = [](clockid_t clock) {
      timespec t{};
      clock_gettime(clock, &t);
      return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) * 1e-6;
    };
    double ran = 0, queued = 0;
    std::ifstream("/proc/thread-self/schedstat") >> ran >> queued;
    return {.wall = ms(CLOCK_MONOTONIC), .computing = ms(CLOCK_THREAD_CPUTIME_ID), .queued = queued * 1e-6};
  }

  bool timing_ = false;
  int depth_ = 0;
};

}  // namespace braid::test
