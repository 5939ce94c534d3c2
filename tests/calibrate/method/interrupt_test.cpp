// SPDX-License-Identifier: Apache-2.0
#include "calibrate/method/interrupt.hpp"

#include <gtest/gtest.h>

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

TEST(Interrupt, TheSecondEndsAtOnce) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        std::raise(SIGINT);
        std::raise(SIGTERM);
        std::exit(0);
      },
      testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace braid
