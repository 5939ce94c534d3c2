// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/interrupt.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>

namespace braid {
namespace {

// Each in a process of its own: a signal that was caught stays caught.
TEST(Interrupt, TheFirstIsRememberedAndEndsNothing) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          catch_interrupts();
          if (interrupted()) std::exit(1);
          std::raise(signal);
          std::exit(interrupted() ? 7 : 2);
        },
        testing::ExitedWithCode(7), "finishing this point");
  }
}

TEST(Interrupt, TwoTogetherAreOneKeyPress) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        std::raise(SIGINT);
        std::raise(SIGINT);
        std::exit(interrupted() ? 7 : 2);
      },
      testing::ExitedWithCode(7), "finishing this point");
}

TEST(Interrupt, TheSecondEndsAtOnce) {
  EXPECT_EXIT(
      {
        using Clock = std::chrono::steady_clock;
        catch_interrupts();
        // The first, and more until one is a key press of its own.
        for (const auto end = Clock::now() + std::chrono::seconds(5); Clock::now() < end;) std::raise(SIGTERM);
        std::exit(0);
      },
      testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace braid
