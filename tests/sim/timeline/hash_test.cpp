// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/hash.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sim/timeline/small_timeline.hpp"

namespace braid {
namespace {

/// The hash after one change.
template <typename Change>
std::string changed(Change change) {
  Timeline timeline = small::timeline();
  change(timeline);
  return timeline_hash(timeline);
}

TEST(TimelineHash, IsTheSameForTheSameTimeline) {
  EXPECT_EQ(timeline_hash(small::timeline()), timeline_hash(small::timeline()));
  EXPECT_EQ(timeline_hash(small::timeline()).size(), 16u);
}

TEST(TimelineHash, SeesTheLastBitOfATime) {
  EXPECT_NE(timeline_hash(small::timeline()), changed([](Timeline& t) {
              double& end = t.ranks[0].lanes[0][0].end.value;
              end = std::nextafter(end, 1.0);
            }));
}

TEST(TimelineHash, SeesEveryPartOfAKey) {
  const std::string original = timeline_hash(small::timeline());
  const auto with = [](auto edit) { return changed([&](Timeline& t) { edit(t.ranks[0].lanes[0][0].key); }); };
  EXPECT_NE(original, with([](OpKey& k) { k.rank += 1; }));
  EXPECT_NE(original, with([](OpKey& k) { k.index += 1; }));
  EXPECT_NE(original, with([](OpKey& k) { k.microbatch = -1; }));
  EXPECT_NE(original, with([](OpKey& k) { k.layer += 1; }));
  EXPECT_NE(original, with([](OpKey& k) { k.chunk = -1; }));
  EXPECT_NE(original, with([](OpKey& k) { k.kind = OpKind::recompute; }));
  EXPECT_NE(original, with([](OpKey& k) { k.unit = Unit::mlp; }));
}

TEST(TimelineHash, SeesASpanMoveToAnotherLane) {
  EXPECT_NE(timeline_hash(small::timeline()),
            changed([](Timeline& t) { std::swap(t.ranks[0].lanes[0], t.ranks[0].lanes[1]); }));
}

TEST(TimelineHash, SeesCountersAndTotals) {
  const std::string original = timeline_hash(small::timeline());
  EXPECT_NE(original, changed([](Timeline& t) { t.ranks[1].counters[0].points[1].second = 26; }));
  EXPECT_NE(original, changed([](Timeline& t) { t.flows = 1; }));
  EXPECT_NE(original, changed([](Timeline& t) { t.multiplicity = 2; }));
}

TEST(TimelineHash, IgnoresWhereTheTimelineComesFrom) {
  EXPECT_EQ(timeline_hash(small::timeline()), changed([](Timeline& t) { t.provenance.facts["gpu"] = "another"; }));
}

}  // namespace
}  // namespace braid
