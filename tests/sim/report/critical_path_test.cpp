// SPDX-License-Identifier: Apache-2.0
#include "sim/report/critical_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::vector<std::pair<int, std::uint32_t>> places(const std::vector<PathOp>& path) {
  std::vector<std::pair<int, std::uint32_t>> all;
  for (const PathOp& one : path) all.emplace_back(one.pp, one.op);
  return all;
}

TEST(CriticalPath, FollowsTheMessageToTheOtherRank) {
  // Rank 0: op 0 0..2, sent 2..3. Rank 1: own work 0..1 (op 0), recv (op 1), then op 2 3..5. The path is rank 0's op,
  // the message (as the sender's op 1), rank 1's op 2: 2 + 1 + 2 = 5.
  tiny::Tiny tiny(2);
  const auto a = tiny.compute(0, 2);
  tiny.compute(1, 1);
  const auto sent = tiny.eager(0, 1, 1, {a});
  tiny.compute(1, 2, {sent.recv});
  const Timeline timeline = tiny.play();
  const auto path = critical_path(join_complete(tiny.program(), timeline));
  EXPECT_THAT(places(path), ElementsAre(Pair(0, 0u), Pair(0, 1u), Pair(1, 2u)));
  const auto lanes = time_by_lane(path);
  EXPECT_EQ(lanes[static_cast<std::size_t>(Lane::compute)], 4_s);
  EXPECT_EQ(lanes[static_cast<std::size_t>(Lane::pp)], 1_s);
}

TEST(CriticalPath, GoesThroughTheLastMemberOfACollective) {
  // TP 2, GPU 1 half as fast: its compute 0..2 holds back the all-reduce 2..3 of both. GPU 0's ends at 1.
  tiny::Tiny tiny(1, 2);
  const auto a = tiny.compute(0, 1);
  tiny.collective(0, Lane::tp, 1, {a});
  const Timeline timeline =
      tiny.play({.unfold = true, .launch = 0, .slowdown = [](int gpu) { return gpu == 1 ? 2.0 : 1.0; }});
  const auto path = critical_path(join_complete(tiny.program(), timeline));
  ASSERT_EQ(path.size(), 2u);
  EXPECT_EQ(path[0].key.rank, 1);
  EXPECT_EQ(path[0].share, 2_s);
  EXPECT_EQ(path[1].share, 1_s);
}

TEST(CriticalPath, WaitsForTheReceiverInABatch) {
  // Batched: the sender is ready at 1, the receiver's own work ends at 3: the bytes move 3..4.
  tiny::Tiny tiny(2);
  const auto a = tiny.compute(0, 1), b = tiny.compute(1, 3);
  tiny.batch({{.from = 0, .to = 1, .seconds = 1, .send_deps = {a}, .recv_deps = {b}}});
  const Timeline timeline = tiny.play();
  EXPECT_THAT(places(critical_path(join_complete(tiny.program(), timeline))), ElementsAre(Pair(1, 0u), Pair(0, 1u)));
}

TEST(CriticalPath, CountsWaitingAsTheNextOps) {
  // Measured: the second op, which follows the first on its lane, starts 1 s after it has ended: 1 + 2 = 3 s are its.
  tiny::Tiny tiny(1);
  tiny.compute(0, 1);
  tiny.compute(0, 2);
  Timeline timeline = tiny.play();
  timeline.provenance.kind = "measured";
  timeline.ranks[0].lanes[0][1].start = 2_s;
  timeline.ranks[0].lanes[0][1].end = timeline.step_time = 4_s;
  const auto path = critical_path(join_complete(tiny.program(), timeline));
  ASSERT_EQ(path.size(), 2u);
  EXPECT_EQ(path[1].share, 3_s);
}

TEST(PathAgreement, IsTheShareOfTheMeasuredPath) {
  // Two lanes of work, then a last op of 1 s. Predicted the compute op of 2 s leads to it, measured the copy of 3 s:
  // only the last op is on both paths: 1 of 4 s.
  const auto path_of = [](double compute, double copy) {
    tiny::Tiny tiny(1);
    const auto a = tiny.compute(0, compute);
    const auto b = tiny.copy(0, Lane::h2d, copy);
    tiny.compute(0, 1, {a, b});
    const Timeline timeline = tiny.play();
    return critical_path(join_complete(tiny.program(), timeline));
  };
  EXPECT_DOUBLE_EQ(path_agreement(path_of(2, 1), path_of(2, 3)), 0.25);
  EXPECT_DOUBLE_EQ(path_agreement(path_of(2, 1), path_of(2, 1)), 1);
  EXPECT_DOUBLE_EQ(path_agreement({}, {}), 1);
}

}  // namespace
}  // namespace braid
