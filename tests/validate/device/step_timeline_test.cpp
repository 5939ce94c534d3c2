// SPDX-License-Identifier: Apache-2.0
// Timelines from records written by hand; times in nanoseconds.
#include "validate/device/step_timeline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/report/verify.hpp"
#include "tests/validate/device/two_ranks.hpp"

namespace braid::gpu {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kTag = std::uint64_t{1} << 63;  // of rank r, op k: kTag + 2 r + k

struct Recorded {
  Program program = test::two_ranks();
  std::vector<RankIssue> plan = issue_plan(program, MessageStreams::ordered);
  std::vector<Instance> instances = instances_of(program);
  std::vector<std::vector<std::uint64_t>> tags{{kTag, kTag + 1}, {kTag + 2, kTag + 3}};
  std::vector<TaggedActivity> activities;
  std::size_t repeats = 1;
  bool sender_writes = true;
  std::vector<std::vector<HostSpan>> host;
  double clock_slack_s = kClockSlackS;

  StepTimelines timelines() const {
    return step_timelines({.program = program,
                           .plan = plan,
                           .instances = instances,
                           .tags = tags,
                           .activities = activities,
                           .repeats = repeats,
                           .sender_writes = sender_writes,
                           .host = host,
                           .clock_slack_s = clock_slack_s});
  }
  std::string error() const {
    try {
      timelines();
    } catch (const Error& e) { return e.what(); }
    return "";
  }
};

/// Released at `at`: F attn in two kernels from 1000 to 4000 after it, the send 5000 to 7000, F mlp 8000 to 9000.
void add_step(Recorded& r, std::uint64_t mark, std::uint64_t at) {
  r.activities.push_back({mark, at - 500, at});
  r.activities.push_back({kTag, at + 1000, at + 2500});
  r.activities.push_back({kTag, at + 2600, at + 4000});
  r.activities.push_back({kTag + 1, at + 5000, at + 7000});
  r.activities.push_back({kTag + 3, at + 8000, at + 9000});
}

const Span& span(const Timeline& t, std::size_t rank, Lane lane) {
  return t.ranks.at(rank).lanes[static_cast<std::size_t>(lane)].at(0);
}

TEST(StepTimeline, SpansFirstToLastKernelFromTheReleaseOn) {
  Recorded r;
  add_step(r, 1, 1'000'000);
  const StepTimelines steps = r.timelines();
  ASSERT_EQ(steps.repeats.size(), 1u);
  const Timeline& t = steps.repeats[0];
  EXPECT_EQ(t.provenance.kind, "measured");
  EXPECT_NEAR(span(t, 0, Lane::compute).start.value, 1000e-9, 1e-12);
  EXPECT_NEAR(span(t, 0, Lane::compute).end.value, 4000e-9, 1e-12);
  // The sender writes into the receiver's memory: both ends have the copy's span.
  EXPECT_NEAR(span(t, 0, Lane::pp).start.value, 5000e-9, 1e-12);
  EXPECT_NEAR(span(t, 1, Lane::pp).start.value, 5000e-9, 1e-12);
  EXPECT_NEAR(span(t, 1, Lane::pp).end.value, 7000e-9, 1e-12);
  EXPECT_NEAR(t.step_time.value, 9000e-9, 1e-12);
  EXPECT_EQ(steps.without_kernel, 0u);
  EXPECT_EQ(steps.untagged, 0u);
  EXPECT_TRUE(verify(r.program, t).empty());
}

TEST(StepTimeline, TellsRepeatsApartAndCountsWhatIsNoOps) {
  Recorded r;
  r.repeats = 2;
  add_step(r, 1, 1'000'000);
  add_step(r, 2, 2'000'000);
  r.activities.push_back({kOwnTag, 1'500'000, 1'500'010});  // a gate between the steps
  r.activities.push_back({0, 2'000'100, 2'000'200});        // somebody's memset
  r.activities.push_back({kTag, 10, 20});                   // of the soak before
  const StepTimelines steps = r.timelines();
  ASSERT_EQ(steps.repeats.size(), 2u);
  for (const Timeline& t : steps.repeats) EXPECT_NEAR(t.step_time.value, 9000e-9, 1e-12);
  EXPECT_EQ(steps.untagged, 1u);
}

TEST(StepTimeline, OneLaunchCanServeSeveralOps) {
  Recorded r;
  r.sender_writes = false;
  add_step(r, 1, 1'000'000);
  r.tags[1][0] = kTag + 3;  // as if the receive and F mlp were one group: both from 8000 to 9000
  const Timeline t = r.timelines().repeats[0];
  EXPECT_NEAR(span(t, 1, Lane::pp).end.value, 9000e-9, 1e-12);
}

TEST(StepTimeline, AnOpWithoutKernelEndsWhereItsWaitsEnd) {
  Recorded r;
  r.program.works[test::kMessageWork].bytes = Bytes(0);
  r.sender_writes = false;
  add_step(r, 1, 1'000'000);
  std::erase_if(r.activities, [](const TaggedActivity& a) { return a.tag == kTag + 1; });
  const StepTimelines steps = r.timelines();
  EXPECT_NEAR(span(steps.repeats[0], 0, Lane::pp).start.value, 4000e-9, 1e-12);  // F attn's end
  EXPECT_NEAR(span(steps.repeats[0], 0, Lane::pp).end.value, 4000e-9, 1e-12);
  EXPECT_EQ(steps.without_kernel, 0u) << "no bytes, no kernel";
}

TEST(StepTimeline, SaysWhichOpHasNoKernelThoughItShould) {
  Recorded r;
  add_step(r, 1, 1'000'000);
  std::erase_if(r.activities, [](const TaggedActivity& a) { return a.tag == kTag + 3; });
  const StepTimelines steps = r.timelines();
  EXPECT_EQ(steps.without_kernel, 1u);
  EXPECT_EQ(steps.first_without_kernel, "rank 1: F mlp mb0");
}

TEST(StepTimeline, MovesAStartByNoMoreThanTheClockIsOff) {
  Recorded r;
  add_step(r, 1, 1'000'000);
  for (TaggedActivity& a : r.activities)
    if (a.tag == kTag + 3) a.start_ns = 1'006'968;  // 32 ns before the message that it waits for ends
  StepTimelines steps = r.timelines();
  EXPECT_NEAR(steps.moved_s, 32e-9, 1e-12);
  EXPECT_NEAR(span(steps.repeats[0], 1, Lane::compute).start.value, 7000e-9, 1e-12);
  EXPECT_TRUE(verify(r.program, steps.repeats[0]).empty());
  // 4 us are no rounding: left as they are, and verify() says so.
  for (TaggedActivity& a : r.activities)
    if (a.tag == kTag + 3) a.start_ns = 1'003'000;
  steps = r.timelines();
  EXPECT_EQ(steps.moved_s, 0);
  EXPECT_EQ(verify(r.program, steps.repeats[0]).size(), 1u);
}

TEST(StepTimeline, TakesWhatTheHostTimed) {
  Recorded r;
  add_step(r, 1, 1'000'000);
  std::erase_if(r.activities, [](const TaggedActivity& a) { return a.tag == kTag; });
  r.host = {{{.instance = 0, .op = 0, .start_ns = 999'000, .end_ns = 1'002'000}}};
  // The host released a microsecond before the GPU saw it: a span does not begin before the step.
  const Timeline t = r.timelines().repeats[0];
  EXPECT_EQ(span(t, 0, Lane::compute).start.value, 0);
  EXPECT_NEAR(span(t, 0, Lane::compute).end.value, 2000e-9, 1e-12);
}

// F attn is timed by the host here, 40 us too late by the clock of the recording: the send that waited for it began at
// 5 us, and there it is cut. A host that is 120 us off is left to verify().
TEST(StepTimeline, CutsWhatTheHostTimedToWhereTheGpuWentOn) {
  for (const std::uint64_t late : {40'000u, 120'000u}) {
    Recorded r;
    r.sender_writes = false;
    add_step(r, 1, 1'000'000);
    std::erase_if(r.activities, [](const TaggedActivity& a) { return a.tag == kTag; });
    r.host = {{{.instance = 0, .op = 0, .start_ns = 0, .end_ns = 1'005'000 + late}}};
    const StepTimelines steps = r.timelines();
    const Span& op = span(steps.repeats[0], 0, Lane::compute);
    EXPECT_EQ(op.start.value, 0);
    if (late == 40'000) {
      EXPECT_NEAR(op.end.value, 5e-6, 1e-12);  // where the send that depends on it starts
      EXPECT_NEAR(steps.cut_s, 40e-6, 1e-12);
    } else {
      EXPECT_NEAR(op.end.value, 125e-6, 1e-12);
      EXPECT_EQ(steps.cut_s, 0);
    }
  }
}

// Records that disagree by 4 us, where 20 are allowed.
TEST(StepTimeline, MovesFurtherWhereTheCallerSaysSo) {
  Recorded r;
  add_step(r, 1, 1'000'000);
  for (TaggedActivity& a : r.activities)
    if (a.tag == kTag + 3) a.start_ns = 1'003'000;  // the message ends at 7000
  r.clock_slack_s = 20e-6;
  const StepTimelines steps = r.timelines();
  EXPECT_NEAR(steps.moved_s, 4e-6, 1e-12);
  EXPECT_TRUE(verify(r.program, steps.repeats[0]).empty());
}

TEST(StepTimelineErrors, NameWhatTheRecordingLacks) {
  Recorded r;
  r.repeats = 2;
  add_step(r, 1, 1'000'000);
  EXPECT_THAT(r.error(), HasSubstr("repeat 2 has no record of its release"));
  add_step(r, 2, 2'000'000);
  EXPECT_EQ(r.error(), "");
  r.activities.pop_back();
  EXPECT_THAT(r.error(), HasSubstr("rank 1: F mlp mb0: was recorded in 1 of 2 repeats"));
  std::swap(r.activities[0].tag, r.activities[5].tag);
  EXPECT_THAT(r.error(), HasSubstr("repeats are not in order of time"));
}

}  // namespace
}  // namespace braid::gpu
