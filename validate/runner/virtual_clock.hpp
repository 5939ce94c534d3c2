// SPDX-License-Identifier: Apache-2.0
// Time for threads that play a step: it stands still while any of them works, and jumps to the next thing due when all
// of them wait. So the times of a play do not depend on how the system schedules its threads.
//
// All state that the threads share is guarded by mutex(); every call below is made with it held. If everybody waits
// and nothing is due, nothing can ever happen again: the clock stops, and every wait returns false.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

namespace braid {

class VirtualClock {
 public:
  using Lock = std::unique_lock<std::mutex>;
  /// Where one thread waits.
  struct Sleeper {
    std::condition_variable woken;
    bool waits = false;
  };

  std::mutex& mutex() { return mutex_; }
  double now() const { return now_; }
  bool stopped() const { return stopped_; }

  /// Before a thread starts; it counts as working.
  void enter(Sleeper& sleeper);
  /// As a thread's last act.
  void leave();

  /// Until wake(). False if the clock has stopped: the thread must come to its end.
  bool wait(Lock& lock, Sleeper& sleeper);
  bool sleep_until(Lock& lock, Sleeper& sleeper, double time);
  void wake(Sleeper& sleeper);
  /// Runs `act` at that time, not before now, by whichever thread moves the clock.
  void at(double time, std::function<void()> act);

  /// A thread that works in real time and keeps nobody: time goes on without it, but the clock does not stop by itself
  /// while there is one.
  void step_out();
  void come_back();

  /// Every wait returns false from now on.
  void stop();
  /// Runs `act` whenever all that happens at one time has happened, before the clock moves on.
  void at_end_of_instant(std::function<void()> act) { settle_ = std::move(act); }

  /// True once every thread has left. Waits in real time, at most that long.
  bool all_left(Lock& lock, double wall_seconds);

 private:
  struct Due {
    double time = 0;
    std::uint64_t number = 0;
    std::function<void()> act;
    bool after(const Due& other) const { return time != other.time ? time > other.time : number > other.number; }
  };
  void move_on();

  std::mutex mutex_;
  std::condition_variable left_;
  std::vector<Sleeper*> sleepers_;
  std::vector<Due> due_;  ///< a heap, the earliest at the front
  std::function<void()> settle_;
  double now_ = 0;
  std::uint64_t numbers_ = 0;
  int threads_ = 0;
  int working_ = 0;
  int outside_ = 0;
  bool stopped_ = false;
  bool moving_ = false;
};

}  // namespace braid
