// SPDX-License-Identifier: Apache-2.0
#include "sim/report/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using testing::HasSubstr;
using tiny::Tiny;

std::vector<Span>& lane(Timeline& timeline, std::size_t rank, Lane which) {
  return timeline.ranks[rank].lanes[static_cast<std::size_t>(which)];
}
void shift(Span& span, double by) {
  span.start += Seconds(by);
  span.end += Seconds(by);
}
std::string text_of(const std::vector<Issue>& issues) {
  std::string text;
  for (const Issue& issue : issues) text += issue.where + ": " + issue.what + "\n";
  return text;
}

/// Two stages on two GPUs each. Stage 0 computes 0..2, all-reduces 2..3, and sends in a batch of two messages 3..5
/// (both ways, stage 1 is ready at 1); then each computes: 5..6. At last an eager message 6..7, and stage 1
/// computes 7..8.
class Verify : public testing::Test {
 protected:
  Verify() {
    const auto a = tiny.compute(0, 2);
    const auto t = tiny.collective(0, Lane::tp, 1, {a});
    const auto b = tiny.compute(1, 1);
    const auto sent = tiny.batch({{0, 1, 2, {t}, {b}}, {1, 0, 2, {b}, {t}}});
    const auto c = tiny.compute(0, 1, {sent[1].recv});
    const auto d = tiny.compute(1, 1, {sent[0].recv});
    tiny.compute(1, 1, {tiny.eager(0, 1, 1, {c}).recv, d});
    folded = tiny.play();
    unfolded = tiny.play({.unfold = true, .launch = 0, .slowdown = {}});
  }
  /// The issues of a timeline after something has been done to it.
  template <typename Corrupt>
  std::string after(Timeline timeline, Corrupt corrupt) const {
    corrupt(timeline);
    return text_of(verify(tiny.program(), timeline));
  }

  Tiny tiny{2, 2};
  Timeline folded, unfolded;
};

TEST_F(Verify, AcceptsAValidPlay) {
  EXPECT_EQ(text_of(verify(tiny.program(), folded)), "");
  EXPECT_EQ(text_of(verify(tiny.program(), unfolded)), "");
  EXPECT_EQ(folded.step_time, 8_s);
}

TEST_F(Verify, CatchesAnOpThatNeverRan) {
  EXPECT_THAT(after(folded, [](Timeline& t) { lane(t, 0, Lane::compute).erase(lane(t, 0, Lane::compute).begin()); }),
              HasSubstr("rank 0: F: never ran"));
}

TEST_F(Verify, CatchesAnOpThatRanTwice) {
  EXPECT_THAT(after(folded, [](Timeline& t) { lane(t, 1, Lane::compute).push_back(lane(t, 1, Lane::compute).back()); }),
              HasSubstr("ran more than once"));
}

TEST_F(Verify, CatchesAnOpOnAnotherLane) {
  const std::string issues = after(folded, [](Timeline& t) {
    lane(t, 0, Lane::dp).push_back(lane(t, 0, Lane::tp).back());
    lane(t, 0, Lane::tp).clear();
  });
  EXPECT_THAT(issues, HasSubstr("all_reduce #1: never ran"));
  EXPECT_THAT(issues, HasSubstr("all_reduce #1: is not an op of the program on this lane"));
}

TEST_F(Verify, CatchesABrokenDependence) {
  // The all-reduce depends on 0..2 and is moved to 1..2.
  EXPECT_THAT(after(folded, [](Timeline& t) { shift(lane(t, 0, Lane::tp)[0], -1); }),
              HasSubstr("rank 0: all_reduce #1: starts at 1 s, but F that it depends on ends at 2 s"));
}

TEST_F(Verify, CatchesTwoOpsAtOnceOnALane) {
  // The first op of rank 1, 0..1, is drawn out into the second, 5..6.
  EXPECT_THAT(after(folded, [](Timeline& t) { lane(t, 1, Lane::compute)[0].end = Seconds(5.5); }),
              HasSubstr("starts at 5 s, before the op ahead of it on its lane"));
}

TEST_F(Verify, CatchesALaneOutOfOrder) {
  // Keys of the last two ops of rank 1 change places: times are right, the order is not.
  EXPECT_THAT(after(folded,
                    [](Timeline& t) {
                      auto& ops = lane(t, 1, Lane::compute);
                      std::swap(ops[1].key, ops[2].key);
                    }),
              HasSubstr("before the op ahead of it on its lane"));
}

TEST_F(Verify, CatchesSpansThatAreNotSorted) {
  EXPECT_THAT(after(folded,
                    [](Timeline& t) {
                      auto& ops = lane(t, 1, Lane::compute);
                      std::swap(ops[0], ops[1]);
                    }),
              HasSubstr("not in order of start"));
}

TEST_F(Verify, CatchesAReceiveThatIsNotItsSend) {
  EXPECT_THAT(after(folded, [](Timeline& t) { lane(t, 1, Lane::pp).back().end = Seconds(6.5); }),
              HasSubstr("covers 6 s .. 6.5 s, its send on rank 0 6 s .. 7 s"));
}

TEST_F(Verify, CatchesAMessageAheadOfItsProducer) {
  // Both ends of the eager message, 6..7, are moved to 5.5..6.5; its producer ends at 6.
  EXPECT_THAT(after(folded,
                    [](Timeline& t) {
                      shift(lane(t, 0, Lane::pp).back(), -0.5);
                      shift(lane(t, 1, Lane::pp).back(), -0.5);
                    }),
              HasSubstr("starts at 5.5 s, but F #4 that it depends on ends at 6 s"));
}

TEST_F(Verify, CatchesABatchThatDoesNotStartTogether) {
  // Both ends of rank 1's message go a second early; all that it depends on itself has ended by 1.
  EXPECT_THAT(after(folded,
                    [](Timeline& t) {
                      for (std::size_t rank = 0; rank < 2; ++rank) {
                        auto& pp = lane(t, rank, Lane::pp);
                        for (std::size_t i = 0; i < 2; ++i) {
                          const bool back = (rank == 1) == (pp[i].key.kind == OpKind::send);
                          if (back) shift(pp[i], -0.5);
                        }
                        std::stable_sort(pp.begin(), pp.end(), [](auto& a, auto& b) { return a.start < b.start; });
                      }
                    }),
              HasSubstr("starts at 2.5 s, another message of its batch at 3 s"));
}

TEST_F(Verify, CatchesACollectiveThatAMemberLeavesAlone) {
  EXPECT_THAT(after(unfolded, [](Timeline& t) { shift(lane(t, 1, Lane::tp)[0], 0.25); }),
              HasSubstr("rank 1: all_reduce #1: covers 2.25 s .. 3.25 s, on rank 0 of its group 2 s .. 3 s"));
}

TEST_F(Verify, CatchesATimeThatIsNoNumber) {
  EXPECT_THAT(
      after(folded,
            [](Timeline& t) { lane(t, 0, Lane::compute)[0].end = Seconds(std::numeric_limits<double>::quiet_NaN()); }),
      HasSubstr("has a time that is not a number"));
}

TEST_F(Verify, CatchesNegativeTimes) {
  EXPECT_THAT(after(folded, [](Timeline& t) { lane(t, 0, Lane::compute)[0].start = Seconds(-1); }),
              HasSubstr("runs from -1 s to 2 s"));
  EXPECT_THAT(after(folded, [](Timeline& t) { lane(t, 0, Lane::tp)[0].end = Seconds(1); }),
              HasSubstr("runs from 2 s to 1 s"));
}

TEST_F(Verify, CatchesAStepThatEndsEarlyOrLate) {
  EXPECT_THAT(after(folded, [](Timeline& t) { t.step_time = Seconds(7.5); }), HasSubstr("ends at 8 s, after the step"));
  EXPECT_THAT(after(folded, [](Timeline& t) { t.step_time = Seconds(9); }),
              HasSubstr("the step ends at 9 s, its last op at 8 s"));
}

TEST_F(Verify, CatchesAStretchLongerThanItsOp) {
  EXPECT_THAT(after(folded, [](Timeline& t) { lane(t, 0, Lane::compute)[0].stretch = Seconds(3); }),
              HasSubstr("is stretched by 3 s of its 2 s"));
}

TEST_F(Verify, CatchesAWrongMultiplicity) {
  EXPECT_THAT(after(folded, [](Timeline& t) { t.multiplicity = 3; }),
              HasSubstr("says that a rank stands for 3 GPUs; by the placement it is 2"));
}

TEST_F(Verify, LetsKernelsOfAMeasuredMessageDifferAsLongAsTheyMeet) {
  // The receiver's kernel spins from 4.5 on; the sender's ends a little sooner. Not before it started, though.
  const auto measured = [](double recv_end) {
    return [recv_end](Timeline& t) {
      t.provenance.kind = "measured";
      lane(t, 0, Lane::pp).back().end = Seconds(6.75);
      lane(t, 1, Lane::pp).back().start = Seconds(4.5);
      lane(t, 1, Lane::pp).back().end = Seconds(recv_end);
    };
  };
  EXPECT_EQ(after(folded, measured(7)), "");
  EXPECT_THAT(after(folded, measured(5.5)), HasSubstr("covers 4.5 s .. 5.5 s, its send on rank 0 6 s .. 6.75 s"));
}

}  // namespace
}  // namespace braid
