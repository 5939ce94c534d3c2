// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/virtual_clock.hpp"

#include <algorithm>
#include <chrono>

#include "sim/base/error.hpp"

namespace braid {

void VirtualClock::enter(Sleeper& sleeper) {
  sleepers_.push_back(&sleeper);
  ++threads_;
  ++working_;
}

void VirtualClock::leave() {
  --threads_;
  --working_;
  move_on();
  if (threads_ == 0) left_.notify_all();
}

bool VirtualClock::wait(Lock& lock, Sleeper& sleeper) {
  if (stopped_) return false;
  sleeper.waits = true;
  --working_;
  move_on();
  sleeper.woken.wait(lock, [&] { return !sleeper.waits; });
  return !stopped_;
}

bool VirtualClock::sleep_until(Lock& lock, Sleeper& sleeper, double time) {
  if (stopped_ || time <= now_) return !stopped_;
  at(time, [this, &sleeper] { wake(sleeper); });
  return wait(lock, sleeper);
}

void VirtualClock::wake(Sleeper& sleeper) {
  if (!sleeper.waits) return;
  sleeper.waits = false;
  ++working_;
  sleeper.woken.notify_one();
}

void VirtualClock::at(double time, std::function<void()> act) {
  BRAID_CHECK(time >= now_, "nothing is due in the past");
  due_.push_back({.time = time, .number = numbers_++, .act = std::move(act)});
  std::ranges::push_heap(due_, [](const Due& a, const Due& b) { return a.after(b); });
}

void VirtualClock::step_out() {
  --working_;
  ++outside_;
  move_on();
}

void VirtualClock::come_back() {
  ++working_;
  --outside_;
}

void VirtualClock::stop() {
  stopped_ = true;
  for (Sleeper* sleeper : sleepers_) wake(*sleeper);
}

void VirtualClock::move_on() {
  if (moving_) return;  // an act that ends in here must not move the clock under the one that called it
  moving_ = true;
  while (working_ == 0 && !stopped_ && (threads_ > 0 || !due_.empty())) {
    if (due_.empty()) {
      if (outside_ == 0) stop();
      break;
    }
    std::ranges::pop_heap(due_, [](const Due& a, const Due& b) { return a.after(b); });
    const Due next = std::move(due_.back());
    due_.pop_back();
    if (next.time > now_) {
      if (settle_) settle_();
      now_ = next.time;
    }
    next.act();
  }
  moving_ = false;
}

bool VirtualClock::all_left(Lock& lock, double wall_seconds) {
  return left_.wait_for(lock, std::chrono::duration<double>(wall_seconds), [&] { return threads_ == 0; });
}

}  // namespace braid
