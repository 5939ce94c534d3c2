// SPDX-License-Identifier: Apache-2.0
// Fabricated records through the decoder into a Timeline.
#include "calibrate/cupti/trace_timeline.hpp"

#include <gtest/gtest.h>

#include "calibrate/cupti/op_tag.hpp"
#include "sim/base/error.hpp"
#include "tests/calibrate/gpu/record_buffer.hpp"

namespace braid::gpu {
namespace {

constexpr OpKey kForward{.rank = 3, .microbatch = 1, .layer = 2, .kind = OpKind::forward, .unit = Unit::attn};
constexpr OpKey kBackward{.rank = 3, .microbatch = 0, .layer = 2, .kind = OpKind::input_grad, .unit = Unit::mlp};
constexpr OpKey kReduce{.rank = 3, .microbatch = 1, .layer = 2, .kind = OpKind::all_reduce, .unit = Unit::attn};

GpuTrace decoded(RecordBuffer& b, std::size_t dropped = 0) {
  const ActivityBuffer one[] = {b.view()};
  return decode_all(one, dropped);
}
const std::vector<Span>& lane(const Timeline& t, Lane l) { return t.ranks.at(0).lanes[static_cast<std::size_t>(l)]; }

TEST(TraceTimeline, OpsOfSeveralKernelsBecomeSpansInSeconds) {
  RecordBuffer b;
  b.tag(1, tag_of(kForward)).tag(2, tag_of(kForward)).tag(3, tag_of(kBackward));
  b.kernel({.start = 5000, .end = 6000, .stream = 13, .correlation = 1})
      .kernel({.start = 6500, .end = 8000, .stream = 13, .correlation = 2})
      .kernel({.start = 9000, .end = 9500, .stream = 13, .correlation = 3});
  const auto trace = decoded(b);
  const auto t = to_timeline(trace, places_of(trace));
  EXPECT_EQ(t.provenance.kind, "measured");
  ASSERT_EQ(t.ranks.size(), 1u);
  EXPECT_EQ(t.ranks[0].rank, 3);
  const auto& spans = lane(t, Lane::compute);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].key, kForward);
  EXPECT_DOUBLE_EQ(spans[0].start.value, 0);   // the first start is 0
  EXPECT_DOUBLE_EQ(spans[0].end.value, 3e-6);  // (8000 - 5000) ns: both kernels and the gap between them
  EXPECT_EQ(spans[1].key, kBackward);
  EXPECT_DOUBLE_EQ(spans[1].start.value, 4e-6);  // (9000 - 5000) ns
  EXPECT_DOUBLE_EQ(spans[1].end.value, 4.5e-6);  // (9500 - 5000) ns
  EXPECT_DOUBLE_EQ(t.step_time.value, 4.5e-6);
  EXPECT_EQ(t.lost, 0u);
}

TEST(TraceTimeline, OverlappingStreamsGetLanesOfTheirOwn) {
  RecordBuffer b;
  b.tag(1, tag_of(kForward)).tag(2, tag_of(kReduce));
  b.kernel({.start = 1000, .end = 9000, .stream = 13, .correlation = 1})
      .kernel({.start = 2000, .end = 4000, .stream = 14, .correlation = 2})
      .copy(3000, 5000, CUPTI_ACTIVITY_MEMCPY_KIND_DTOH, 1, 15, 3)
      .copy(3000, 6000, CUPTI_ACTIVITY_MEMCPY_KIND_HTOD, 1, 16, 4);
  const auto trace = decoded(b);
  const auto t = to_timeline(
      trace,
      {{{1, 13}, {3, Lane::compute}}, {{1, 14}, {3, Lane::tp}}, {{1, 15}, {3, Lane::d2h}}, {{1, 16}, {3, Lane::h2d}}});
  ASSERT_EQ(lane(t, Lane::compute).size(), 1u);
  ASSERT_EQ(lane(t, Lane::tp).size(), 1u);
  ASSERT_EQ(lane(t, Lane::d2h).size(), 1u);
  ASSERT_EQ(lane(t, Lane::h2d).size(), 1u);
  EXPECT_DOUBLE_EQ(lane(t, Lane::tp)[0].start.value, 1e-6);  // (2000 - 1000) ns
  EXPECT_LT(lane(t, Lane::tp)[0].start, lane(t, Lane::compute)[0].end);
  EXPECT_EQ(lane(t, Lane::tp)[0].key, kReduce);
}

TEST(TraceTimeline, PlacesFollowWhatStreamsRun) {
  RecordBuffer b;
  OpKey gradients{.rank = 3, .kind = OpKind::reduce_scatter};  // of the step: no microbatch
  OpKey message{.rank = 3, .microbatch = 0, .kind = OpKind::send};
  b.tag(1, tag_of(kForward)).tag(2, tag_of(kReduce)).tag(3, tag_of(gradients)).tag(4, tag_of(message));
  for (std::uint32_t c = 1; c <= 4; ++c) b.kernel({.start = c, .end = c + 100, .stream = 10 + c, .correlation = c});
  b.copy(10, 20, CUPTI_ACTIVITY_MEMCPY_KIND_HTOD, 1, 20, 9).copy(10, 20, CUPTI_ACTIVITY_MEMCPY_KIND_DTOH, 1, 21, 9);
  b.kernel({.start = 5, .end = 6, .stream = 22, .correlation = 9, .name = "ncclDevKernel_SendRecv"});
  // Mostly compute, with a short copy in: compute.
  b.kernel({.start = 5, .end = 600, .stream = 23, .correlation = 9})
      .copy(700, 710, CUPTI_ACTIVITY_MEMCPY_KIND_HTOD, 1, 23, 9);
  const auto p = places_of(decoded(b));
  EXPECT_EQ(p.at({1, 11}), (StreamPlace{3, Lane::compute}));
  EXPECT_EQ(p.at({1, 12}), (StreamPlace{3, Lane::tp}));
  EXPECT_EQ(p.at({1, 13}), (StreamPlace{3, Lane::dp}));
  EXPECT_EQ(p.at({1, 14}), (StreamPlace{3, Lane::pp}));
  EXPECT_EQ(p.at({1, 20}), (StreamPlace{0, Lane::h2d}));  // no tag: rank 0
  EXPECT_EQ(p.at({1, 21}), (StreamPlace{0, Lane::d2h}));
  EXPECT_EQ(p.at({1, 22}), (StreamPlace{0, Lane::tp}));
  EXPECT_EQ(p.at({1, 23}), (StreamPlace{0, Lane::compute}));
}

TEST(TraceTimeline, UntaggedActivitiesAreNumberedCells) {
  RecordBuffer b;
  b.kernel({.start = 10, .end = 20, .correlation = 8}).kernel({.start = 30, .end = 40, .correlation = 9});
  b.tag(9, 12);  // a plain number, not an op
  const auto trace = decoded(b);
  const auto t = to_timeline(trace, places_of(trace));
  const auto& spans = lane(t, Lane::compute);
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].key, (OpKey{.rank = 0, .index = 0, .kind = OpKind::cell}));
  EXPECT_EQ(spans[1].key, (OpKey{.rank = 0, .index = 1, .kind = OpKind::cell}));
}

TEST(TraceTimeline, SameOpAfterAnotherIsASpanOfItsOwn) {
  RecordBuffer b;  // two replays of a graph of two ops
  b.tag(1, tag_of(kForward)).tag(2, tag_of(kBackward));
  for (std::uint64_t at : {0u, 100u})
    b.kernel({.start = 10 + at, .end = 20 + at, .correlation = 1})
        .kernel({.start = 30 + at, .end = 40 + at, .correlation = 2});
  const auto trace = decoded(b);
  EXPECT_EQ(lane(to_timeline(trace, places_of(trace)), Lane::compute).size(), 4u);
}

TEST(TraceTimeline, LostCountsEverythingThatIsMissing) {
  RecordBuffer b;
  b.kernel({.start = 10, .end = 20})
      .kernel({.start = 0, .end = 0})
      .other(CUPTI_ACTIVITY_KIND_CONTEXT, sizeof(CUpti_ActivityContext3))
      .other(CUPTI_ACTIVITY_KIND_CONTEXT, sizeof(CUpti_ActivityContext3))
      .other(static_cast<CUpti_ActivityKind>(9999), 8);
  const auto trace = decoded(b, 5);
  EXPECT_EQ(to_timeline(trace, places_of(trace)).lost, 9u);  // 5 dropped, 1 without time, 2 unknown, 1 buffer cut
}

TEST(TraceTimeline, EmptyTrace) {
  const auto t = to_timeline({.dropped = 2}, {});
  EXPECT_TRUE(t.ranks.empty());
  EXPECT_EQ(t.lost, 2u);
}

TEST(TraceTimeline, RefusesOverlapOnOneLane) {
  RecordBuffer b;
  b.kernel({.start = 10, .end = 50, .stream = 13}).kernel({.start = 40, .end = 60, .stream = 14});
  const auto trace = decoded(b);
  try {
    to_timeline(trace, places_of(trace));
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "streams 13 and 14: overlap on the lane compute; give them lanes of their own");
  }
  // One after the other they may share it, and messages (pp) may be under way together.
  EXPECT_NO_THROW(to_timeline(trace, {{{1, 13}, {0, Lane::pp}}, {{1, 14}, {0, Lane::pp}}}));
  EXPECT_NO_THROW(to_timeline(trace, {{{1, 13}, {0, Lane::compute}}, {{1, 14}, {1, Lane::compute}}}));
}

TEST(TraceTimeline, RefusesAStreamWithoutAPlace) {
  RecordBuffer b;
  const auto trace = decoded(b.kernel({.start = 10, .end = 50, .stream = 13}));
  EXPECT_THROW(to_timeline(trace, {}), Error);
}

}  // namespace
}  // namespace braid::gpu
