// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/tracks.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/timeline/small_timeline.hpp"

namespace braid {
namespace {

TEST(Tracks, LeaveOutLanesWithoutSpans) {
  const auto tracks = tracks_of(small::timeline().ranks[0]);
  ASSERT_EQ(tracks.size(), 3u);
  EXPECT_EQ(tracks[0].name, "compute");
  EXPECT_EQ(tracks[1].name, "pp");
  EXPECT_EQ(tracks[2].name, "pp 2");
}

TEST(Tracks, ReuseTheFirstRowThatIsFree) {
  // 0..2 a, 1..3 b, 2..4 goes below a again, 2.5..3 needs a third row, 4..5 is back on the first.
  RankTimeline rank;
  auto& pp = rank.lanes[static_cast<std::size_t>(Lane::pp)];
  for (const auto& [start, end] : {std::pair{0.0, 2.0}, {1.0, 3.0}, {2.0, 4.0}, {2.5, 3.0}, {4.0, 5.0}}) {
    pp.push_back(small::span(OpKind::send, 0, start, end));
  }
  const auto tracks = tracks_of(rank);
  ASSERT_EQ(tracks.size(), 3u);
  EXPECT_EQ(tracks[0].spans, (std::vector<std::uint32_t>{0, 2, 4}));
  EXPECT_EQ(tracks[1].spans, (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(tracks[2].spans, (std::vector<std::uint32_t>{3}));
}

TEST(Tracks, HaveIdsThatDifferWithinARank) {
  RankTimeline rank;
  for (auto& lane : rank.lanes) {
    for (int i = 0; i < 20; ++i) lane.push_back(small::span(OpKind::send, i, 0, 1));
  }
  std::set<int> ids;
  for (const Track& track : tracks_of(rank)) {
    EXPECT_GT(track.id, 0);
    ids.insert(track.id);
  }
  EXPECT_EQ(ids.size(), 20u * kLanes);
}

TEST(Nanoseconds, RoundToTheNearest) {
  EXPECT_EQ(nanoseconds(Seconds(1.4e-9)), 1);
  EXPECT_EQ(nanoseconds(Seconds(1.6e-9)), 2);
  EXPECT_EQ(nanoseconds(Seconds(86400)), 86400000000000);
}

}  // namespace
}  // namespace braid
