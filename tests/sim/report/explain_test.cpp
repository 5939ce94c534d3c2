// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/report/bubbles.hpp"
#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Rank 0 computes 0..3 and sends 3..5; rank 1 computes 0..1, waits, computes 5..6; rank 0 computes on to 9.
struct Sends {
  tiny::Tiny tiny{2};
  Timeline timeline;
  Played played;
  Sends() {
    const auto a = tiny.compute(0, 3);
    tiny.compute(1, 1);
    tiny.compute(1, 1, {tiny.eager(0, 1, 2, {a}).recv});
    tiny.compute(0, 6);
    timeline = tiny.play();
    played = join_complete(tiny.program(), timeline);
  }
  std::string why(int rank, double time) const { return explain(played, rank, Seconds(time)); }
};

TEST(Explain, SaysWhatARankComputes) { EXPECT_EQ(Sends().why(0, 4), "rank 0 runs F #2, 3 s .. 9 s (6 s)\n"); }

TEST(Explain, NamesTheProducerThatARankWaitsFor) {
  EXPECT_THAT(Sends().why(1, 2),
              AllOf(HasSubstr("rank 1 is idle, 1 s .. 3 s (2 s)"), HasSubstr("pp_wait"), HasSubstr("waiting: F #2"),
                    HasSubstr("for:     send #1 of rank 0"), HasSubstr("there:   rank 0 runs F, 0 s .. 3 s (3 s)")));
}

TEST(Explain, ChangesItsMindWhereTheCauseDoes) {
  EXPECT_THAT(Sends().why(1, 3), HasSubstr("rank 1 is idle, 3 s .. 5 s (2 s)\n  cause:   pp_transfer"));
}

TEST(Explain, NamesTheLastOpOfADrain) {
  EXPECT_THAT(Sends().why(1, 7), AllOf(HasSubstr("drain"), HasSubstr("its last op was F #2")));
}

TEST(Explain, NamesWhatTheEndOfTheStepWaitsFor) {
  tiny::Tiny tiny(1);
  const auto a = tiny.compute(0, 1);
  tiny.collective(0, Lane::dp, 2, {a});
  const Timeline timeline = tiny.play();
  EXPECT_THAT(
      explain(join_complete(tiny.program(), timeline), 0, 2_s),
      AllOf(HasSubstr("cause:   dp"), HasSubstr("waiting: the end of the step"), HasSubstr("for:     all_reduce #1")));
}

std::string message_of(int rank, double time) {
  try {
    Sends().why(rank, time);
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

TEST(Explain, RefusesARankThatIsNotThere) {
  EXPECT_EQ(message_of(7, 1), "--why: there is no rank 7 in the timeline; it has 0, 1");
}

TEST(Explain, RefusesATimeOutsideTheStep) {
  EXPECT_EQ(message_of(1, 9), "--why: the step runs from 0 to 9 s, 9 s is outside");
  EXPECT_EQ(message_of(1, -1), "--why: the step runs from 0 to 9 s, -1 s is outside");
}

}  // namespace
}  // namespace braid
