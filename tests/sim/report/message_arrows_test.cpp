// SPDX-License-Identifier: Apache-2.0
#include "sim/report/message_arrows.hpp"

#include <gtest/gtest.h>

#include "tests/sim/report/tiny.hpp"

namespace braid {
namespace {

using tiny::Tiny;

const Span& end_of(const Timeline& timeline, std::uint32_t rank, std::uint32_t span) {
  return timeline.ranks[rank].lanes[static_cast<std::size_t>(Lane::pp)][span];
}

TEST(MessageArrows, JoinEachSendToItsReceive) {
  // Posted in this order, under way in the other: the spans are sorted by start, the messages are not.
  Tiny tiny(2);
  const auto a = tiny.compute(0, 1);
  const auto b = tiny.compute(0, 1);
  const auto late = tiny.eager(0, 1, 1, {b});
  const auto early = tiny.eager(0, 1, 1, {a});
  const Timeline timeline = tiny.play();
  const auto arrows = message_arrows(join_complete(tiny.program(), timeline));
  ASSERT_EQ(arrows.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const tiny::Sent& sent = i == 0 ? late : early;
    EXPECT_EQ(end_of(timeline, arrows[i].from_rank, arrows[i].from_span).key,
              tiny.program().ranks[0].ops[sent.send].key);
    EXPECT_EQ(end_of(timeline, arrows[i].to_rank, arrows[i].to_span).key, tiny.program().ranks[1].ops[sent.recv].key);
  }
}

TEST(MessageArrows, StayInTheirColumnOfAnUnfoldedTimeline) {
  Tiny tiny(2, 2);
  const auto a = tiny.compute(0, 1);
  tiny.eager(0, 1, 1, {a});
  const Timeline timeline = tiny.play({.unfold = true, .launch = 0, .slowdown = {}});
  const auto arrows = message_arrows(join_complete(tiny.program(), timeline));
  // GPU = tp + 2 pp: 0 sends to 2, 1 to 3.
  ASSERT_EQ(arrows.size(), 2u);
  EXPECT_EQ(arrows[0].from_rank, 0u);
  EXPECT_EQ(arrows[0].to_rank, 2u);
  EXPECT_EQ(arrows[1].from_rank, 1u);
  EXPECT_EQ(arrows[1].to_rank, 3u);
}

}  // namespace
}  // namespace braid
