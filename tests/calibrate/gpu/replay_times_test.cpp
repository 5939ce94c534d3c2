// SPDX-License-Identifier: Apache-2.0
// Fabricated recordings of two ops, `kNorm` with two launches and `kProduct` with one: a pass op by op in 1000 to 3000
// ns, then replays of their graph from 10000 ns on, one every 1000 ns.
#include "calibrate/cupti/replay_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibrate/cupti/op_tag.hpp"
#include "sim/base/error.hpp"
#include "tests/calibrate/gpu/record_buffer.hpp"

namespace braid::gpu {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr OpKey kNorm{.microbatch = 0, .layer = 0, .kind = OpKind::forward, .unit = Unit::pre_attn};
constexpr OpKey kProduct{.index = 1, .microbatch = 0, .layer = 0, .kind = OpKind::forward, .unit = Unit::attn};
constexpr std::uint64_t kNode = 71;  // the first of the graph's nodes: two of kNorm, one of kProduct
const OpByOp kPass{.ops = {kNorm, kProduct}, .bounds_ns = {1000, 2000, 3000}};

struct Recording {
  RecordBuffer records;
  GpuTrace trace;
  bool nodes_tagged = true;

  Recording() {
    records.tag(1, tag_of(kNorm)).tag(2, tag_of(kNorm)).tag(3, tag_of(kProduct));
    records.kernel({.start = 1100, .end = 1200, .correlation = 1})
        .kernel({.start = 1200, .end = 1300, .correlation = 2})
        .kernel({.start = 2100, .end = 2500, .correlation = 3});
  }
  /// Replay r: 100 + r and 20 ns of kNorm, 300 ns of kProduct.
  void replay(int r, int launches = 3, bool nodes = true) {
    const auto at = 10000 + 1000 * static_cast<std::uint64_t>(r);
    const auto correlation = 50 + static_cast<std::uint32_t>(r);
    const std::uint64_t begin[] = {at, at + 200, at + 300}, ns[] = {100 + static_cast<std::uint64_t>(r), 20, 300};
    for (int i = 0; i < launches; ++i)
      records.kernel({.start = begin[i],
                      .end = begin[i] + ns[i],
                      .correlation = correlation,
                      .node = nodes ? kNode + static_cast<std::uint64_t>(i) : 0});
  }
  ReplayTimes times(std::size_t replays) {
    const ActivityBuffer one[] = {records.view()};
    trace = decode_all(one, 0);
    if (nodes_tagged)
      trace.node_tags = {{kNode, tag_of(kNorm)}, {kNode + 1, tag_of(kNorm)}, {kNode + 2, tag_of(kProduct)}};
    return replay_times(trace, kPass, replays);
  }
};

TEST(ReplayTimes, TagsAndOrderAgree) {
  Recording r;
  for (int i = 0; i < 3; ++i) r.replay(i);
  const auto t = r.times(2);  // replay 0 is the soak
  EXPECT_EQ(t.by, MappedBy::tag);
  EXPECT_EQ(t.agree, true);
  EXPECT_THAT(t.us[0], ElementsAre(DoubleEq(0.121), DoubleEq(0.122)));  // (100 + 1) + 20 and (100 + 2) + 20 ns
  EXPECT_THAT(t.us[1], ElementsAre(DoubleEq(0.3), DoubleEq(0.3)));
  EXPECT_EQ(t.launches[0].size(), 2u);
  ASSERT_EQ(t.launches[1].size(), 1u);
  EXPECT_EQ(t.launches[1][0]->start_ns, 2100u);
  EXPECT_EQ(t.replayed, 9u);  // 3 replays of 3 launches
  EXPECT_EQ(t.tagged, 9u);
  EXPECT_EQ(t.cut + t.stray + t.pass_untagged + t.pass_astray, 0u);
  EXPECT_THAT(summary(t), testing::AllOf(HasSubstr("9 of 9 tagged"), HasSubstr("by tag, the order agrees")));
}

TEST(ReplayTimes, WithoutTagsOfNodesTheOrderTells) {
  Recording r;
  r.nodes_tagged = false;
  for (int i = 0; i < 3; ++i) r.replay(i);
  const auto t = r.times(2);
  EXPECT_EQ(t.by, MappedBy::order);
  EXPECT_EQ(t.agree, std::nullopt);
  EXPECT_THAT(t.us[0], ElementsAre(DoubleEq(0.121), DoubleEq(0.122)));
  EXPECT_THAT(t.us[1], ElementsAre(DoubleEq(0.3), DoubleEq(0.3)));
  EXPECT_EQ(t.tagged, 0u);
  EXPECT_EQ(t.cut, 2u);
  EXPECT_THAT(summary(t), HasSubstr("times by order, tags cannot tell"));
}

TEST(ReplayTimes, WithoutNodesTheOrderTells) {
  Recording r;
  for (int i = 0; i < 2; ++i) r.replay(i, 3, false);
  const auto t = r.times(2);
  EXPECT_EQ(t.by, MappedBy::order);
  EXPECT_THAT(t.us[0], ElementsAre(DoubleEq(0.12), DoubleEq(0.121)));
}

// The order is off by one launch from the gap on; tags still show which replays are whole.
TEST(ReplayTimes, ACutReplayIsLeftOut) {
  Recording r;
  r.replay(0), r.replay(1, 2), r.replay(2);
  const auto t = r.times(3);
  EXPECT_EQ(t.by, MappedBy::tag);
  EXPECT_EQ(t.agree, std::nullopt);
  EXPECT_EQ(t.cut, 1u);
  EXPECT_THAT(t.us[0], ElementsAre(DoubleEq(0.12), DoubleEq(0.122)));  // replays 0 and 2
  EXPECT_THAT(t.us[1], ElementsAre(DoubleEq(0.3), DoubleEq(0.3)));
  EXPECT_THAT(summary(t), testing::AllOf(HasSubstr("1 replays not whole"), HasSubstr("the order cannot tell")));
}

TEST(ReplayTimes, LaunchesOutsideOfTheGraphAreStray) {
  Recording r;
  r.records.kernel({.start = 500, .end = 600, .correlation = 9});       // before the pass: a preparation
  r.records.kernel({.start = 10900, .end = 10950, .correlation = 10});  // between two replays
  r.replay(0), r.replay(1);
  const auto t = r.times(2);
  EXPECT_EQ(t.stray, 1u);
  EXPECT_EQ(t.by, MappedBy::tag);
  EXPECT_EQ(t.agree, true);
  EXPECT_THAT(t.us[1], ElementsAre(DoubleEq(0.3), DoubleEq(0.3)));
}

TEST(ReplayTimes, AnUnknownNodeInEveryReplayLeavesNoTimes) {
  Recording r;
  for (int i = 0; i < 2; ++i) {
    r.replay(i);
    r.records.kernel({.start = 10700 + 1000 * static_cast<std::uint64_t>(i),
                      .end = 10750 + 1000 * static_cast<std::uint64_t>(i),
                      .correlation = 50 + static_cast<std::uint32_t>(i),
                      .node = kNode + 3});
  }
  const auto t = r.times(2);  // 8 launches are not whole replays of 3
  EXPECT_EQ(t.by, MappedBy::nothing);
  EXPECT_TRUE(t.us[0].empty());
  EXPECT_EQ(t.launches[0].size(), 2u);
  EXPECT_THAT(summary(t), HasSubstr("NO times"));
}

TEST(ReplayTimes, ExchangedTagsAreSeen) {
  Recording r;
  r.replay(0);
  r.times(1);
  // kProduct's tag on the first node, kNorm's on the last: every count fits, only the order tells.
  r.trace.node_tags = {{kNode, tag_of(kProduct)}, {kNode + 1, tag_of(kNorm)}, {kNode + 2, tag_of(kNorm)}};
  const auto t = replay_times(r.trace, kPass, 1);
  EXPECT_EQ(t.agree, false);
  EXPECT_THAT(t.us[0], ElementsAre(DoubleEq(0.32)));  // 20 + 300 ns
  EXPECT_THAT(summary(t), HasSubstr("DISAGREES"));
}

// One id for all launches, as CUPTI 13.0 gives in a second recording of a process.
TEST(ReplayTimes, ReplaysWithOneCorrelationAreTakenInOrder) {
  Recording r;
  for (int i = 0; i < 2; ++i)
    for (int k = 0; k < 3; ++k) {
      const auto at = 10000 + 1000 * static_cast<std::uint64_t>(i) + 100 * static_cast<std::uint64_t>(k);
      r.records.kernel({.start = at, .end = at + 50, .correlation = 50, .node = kNode + static_cast<std::uint64_t>(k)});
    }
  const auto t = r.times(2);
  EXPECT_EQ(t.by, MappedBy::order);
  EXPECT_THAT(t.us[0], ElementsAre(DoubleEq(0.1), DoubleEq(0.1)));  // 50 + 50 ns
}

TEST(ReplayTimes, TagsDecideInThePassAndTheClockForTheRest) {
  Recording r;
  r.records.tag(4, tag_of(kNorm));
  r.records
      .kernel({.start = 2600, .end = 2700, .correlation = 4})   // kNorm's, late
      .kernel({.start = 2800, .end = 2900, .correlation = 5});  // nobody's: the clock says kProduct
  const auto t = r.times(0);
  EXPECT_EQ(t.launches[0].size(), 3u);
  EXPECT_EQ(t.launches[1].size(), 2u);
  EXPECT_EQ(t.pass_astray, 1u);
  EXPECT_EQ(t.pass_untagged, 1u);
  EXPECT_EQ(t.by, MappedBy::nothing);
}

TEST(ReplayTimes, RefusesAPassThatIsNone) {
  EXPECT_THROW(replay_times({}, {.ops = {kNorm}, .bounds_ns = {1}}, 1), Error);
  EXPECT_THROW(replay_times({}, {.ops = {kNorm, kNorm}, .bounds_ns = {1, 2, 3}}, 1), Error);
  EXPECT_THROW(replay_times({}, {}, 1), Error);
}

}  // namespace
}  // namespace braid::gpu
