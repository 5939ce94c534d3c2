// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/virtual_clock.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "validate/runner/held_bytes.hpp"
#include "validate/runner/stretched_op.hpp"

namespace braid {
namespace {

constexpr double kWall = 20;

/// Runs each body in a thread of its own and waits for all; true if they came to their end in time.
bool play(VirtualClock& clock, std::vector<std::function<void(VirtualClock::Lock&, VirtualClock::Sleeper&)>> bodies) {
  std::vector<VirtualClock::Sleeper> sleepers(bodies.size());
  std::vector<std::jthread> threads;
  VirtualClock::Lock lock(clock.mutex());
  for (auto& sleeper : sleepers) clock.enter(sleeper);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    threads.emplace_back([&, i] {
      VirtualClock::Lock own(clock.mutex());
      bodies[i](own, sleepers[i]);
      clock.leave();
    });
  }
  const bool left = clock.all_left(lock, kWall);
  if (!left) clock.stop();
  lock.unlock();
  return left;
}

TEST(VirtualClock, JumpsToTheEarliestSleeper) {
  // Sleeping 1000 virtual seconds takes none. Wake-ups are in order of time: 1, 2, 1000.
  VirtualClock clock;
  std::vector<double> woken;
  const auto sleeps = [&](double time) {
    return [&, time](VirtualClock::Lock& lock, VirtualClock::Sleeper& me) {
      EXPECT_TRUE(clock.sleep_until(lock, me, time));
      EXPECT_EQ(clock.now(), time);
      woken.push_back(time);
    };
  };
  ASSERT_TRUE(play(clock, {sleeps(1000), sleeps(1), sleeps(2)}));
  EXPECT_EQ(woken, (std::vector<double>{1, 2, 1000}));
}

TEST(VirtualClock, StopsAtOnceWhenNobodyCanEverBeWoken) {
  VirtualClock clock;
  int told = 0;
  const auto waits = [&](VirtualClock::Lock& lock, VirtualClock::Sleeper& me) { told += clock.wait(lock, me) ? 0 : 1; };
  ASSERT_TRUE(play(clock, {waits, waits}));
  EXPECT_EQ(told, 2);
  EXPECT_TRUE(clock.stopped());
}

TEST(VirtualClock, DoesNotStopByItselfWhileAThreadIsOutside) {
  // The first thread waits for ever; the second works in real time, then wakes it.
  VirtualClock clock;
  VirtualClock::Sleeper* first = nullptr;
  bool woken = false;
  ASSERT_TRUE(play(clock, {[&](VirtualClock::Lock& lock, VirtualClock::Sleeper& me) {
                             first = &me;
                             woken = clock.wait(lock, me);
                           },
                           [&](VirtualClock::Lock& lock, VirtualClock::Sleeper&) {
                             clock.step_out();
                             while (first == nullptr || !first->waits) {
                               lock.unlock();
                               std::this_thread::sleep_for(std::chrono::milliseconds(1));
                               lock.lock();
                             }
                             clock.come_back();
                             clock.wake(*first);
                           }}));
  EXPECT_TRUE(woken);
}

TEST(VirtualClock, RunsWhatIsDueAfterTheLastThreadHasLeft) {
  VirtualClock clock;
  std::vector<double> ran;
  ASSERT_TRUE(play(clock, {[&](VirtualClock::Lock&, VirtualClock::Sleeper&) {
                     clock.at(3, [&] {
                       ran.push_back(clock.now());
                       clock.at(5, [&] { ran.push_back(clock.now()); });
                     });
                   }}));
  EXPECT_EQ(ran, (std::vector<double>{3, 5}));
}

TEST(VirtualClock, SettlesOnceAnInstant) {
  // Two things at 1, one at 2: before the clock leaves 0, and before it leaves 1.
  VirtualClock clock;
  std::vector<double> settled;
  clock.at_end_of_instant([&] { settled.push_back(clock.now()); });
  ASSERT_TRUE(play(clock, {[&](VirtualClock::Lock&, VirtualClock::Sleeper&) {
                     for (const double time : {1.0, 1.0, 2.0}) clock.at(time, [] {});
                   }}));
  EXPECT_EQ(settled, (std::vector<double>{0, 1}));
}

TEST(StretchedOp, IsSlowerForAsLongAsTheOtherRuns) {
  // 4 s alone. Beside communication of stretch 0.5 from 1 to 4: 1 s done at 1, 3 / 1.5 = 2 s more at 4, the last
  // second alone: ends at 5, stretched by 1.
  StretchedOp op = StretchedOp::begin(0, 4, 0);
  op.change(1, 0.5);
  EXPECT_EQ(op.end, 1 + 3 * 1.5);
  op.change(4, 0);
  EXPECT_EQ(op.end, 5);
  EXPECT_EQ(op.stretch(), 1);
}

TEST(StretchedOp, IsNotTouchedByWhatHappensAsItEnds) {
  StretchedOp op = StretchedOp::begin(0, 4, 0);
  op.change(4, 0.5);
  EXPECT_EQ(op.end, 4);
  EXPECT_EQ(op.stretch(), 0);
}

TEST(StretchedOp, ForgetsASlowdownThatLastedNoTime) {
  StretchedOp op = StretchedOp::begin(2, 0.1, 0.7);
  op.change(2, 0);
  EXPECT_EQ(op.end, 2.1);
  EXPECT_EQ(op.stretch(), 0);
}

TEST(HeldBytes, FreesBeforeItTakesAndAnOpWithoutTimeAfterwards) {
  // Held 10; at one instant 10 go and 7 come: never 17. Then an op of no time takes 5 and gives them back: 12 for a
  // moment.
  HeldBytes bytes{.takes = 10};
  bytes.settle();
  bytes.frees = 10;
  bytes.takes = 7;
  bytes.settle();
  EXPECT_EQ(bytes.peak, 10);
  bytes.takes = bytes.frees_at_once = 5;
  bytes.settle();
  EXPECT_EQ(bytes.peak, 12);
  EXPECT_EQ(bytes.held, 7);
}

}  // namespace
}  // namespace braid
