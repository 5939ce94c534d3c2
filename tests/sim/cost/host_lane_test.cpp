// SPDX-License-Identifier: Apache-2.0
#include "sim/cost/host_lane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/cost/cost_program.hpp"
#include "tests/sim/cost/test_hardware.hpp"

namespace braid {
namespace {

using testing::ElementsAre;

WorkItem compute_item(int kernels) {
  WorkItem item;
  item.compute.kernels = kernels;
  return item;
}

/// Works: 0 compute of four kernels, 1 message, 2 collective.
Program program_of(std::initializer_list<std::uint16_t> works) {
  Program program;
  program.works = {compute_item(4), {.kind = WorkKind::message}, {.kind = WorkKind::collective}};
  RankProgram& rank = program.ranks.emplace_back();
  for (const std::uint16_t work : works) {
    Op op{.work = work};
    if (work == 1) op.message = 0;
    rank.ops.push_back(op);
  }
  return program;
}

TEST(Launches, AreTheKernelsOfComputeAndOneForAllElse) {
  const Program program = program_of({});
  const Launches launches = launches_of(program, {8_s, 0_s, 0_s}, 1_s);
  EXPECT_THAT(launches.time, ElementsAre(4_s, 1_s, 1_s));
  // Three launches after the first; the last kernel has 8 / 4 = 2 s left: min(3, 8 - 2) = 3. Of 2 s: min(3, 1.5).
  EXPECT_THAT(launches.lead, ElementsAre(3_s, 0_s, 0_s));
  EXPECT_EQ(launches_of(program, {2_s, 0_s, 0_s}, 1_s).lead[0], 1.5_s);
}

TEST(Launches, AreNoneUnlessTheProfileSaysHowLongOneTakes) {
  Program program;
  program.works = {compute_item(3)};
  Profile profile = default_profile(round_gpu());
  EXPECT_TRUE(cost_program(program, round_cluster(), profile).launches.empty());
  profile.parameters.host_launch_s = 0.5;
  const Costs costs = cost_program(program, round_cluster(), profile);
  EXPECT_EQ(launch_of(costs, 0), 1.5_s);
}

TEST(HostPlan, AddsUpLaunchesInProgramOrder) {
  const Program program = program_of({0, 2, 0});
  const HostPlan plan = host_plan(program, 0, {.time = {4_s, 1_s, 0.5_s}, .lead = {1_s, 0_s, 0_s}});
  EXPECT_THAT(plan.issued, ElementsAre(4, 4.5, 8.5));
  EXPECT_THAT(plan.waits, ElementsAre());
  const HostLane host(plan);
  EXPECT_EQ(host.earliest(2, 0), 7.5);
  EXPECT_EQ(host.earliest(1, 2), 4.5);
}

TEST(HostPlan, HasAWaitBehindEachRowOfMessages) {
  // Two messages, an op, one message, an op; a last message is followed by nothing.
  Program program = program_of({1, 1, 0, 1, 0, 1});
  program.host_waits = true;
  const HostPlan plan = host_plan(program, 0, {.time = {4_s, 1_s, 1_s}, .lead = {0_s, 0_s, 0_s}});
  EXPECT_THAT(plan.waits, ElementsAre(2, 4));
  EXPECT_THAT(plan.begins, ElementsAre(0, 3));
}

TEST(HostLane, GoesOnWhenTheLastMessageOfARowHasEnded) {
  // Launches end at 1, 2, 6, 7, 11, 12 without waits.
  Program program = program_of({1, 1, 0, 1, 0, 1});
  program.host_waits = true;
  const HostPlan plan = host_plan(program, 0, {.time = {4_s, 1_s, 1_s}, .lead = {0_s, 0_s, 0_s}});
  HostLane host(plan);
  EXPECT_EQ(host.earliest(1, 1), 2);
  EXPECT_EQ(host.earliest(2, 0), std::numeric_limits<double>::infinity());
  EXPECT_FALSE(host.message_ended(1, 9));
  EXPECT_TRUE(host.message_ended(0, 5));
  // It waits from 2 to 9: op 2 is issued at 9 + 4, the message behind it at 14.
  EXPECT_EQ(host.earliest(2, 0), 13);
  EXPECT_EQ(host.earliest(3, 1), 14);
  // A message that ended before the host came to it costs no time: 14 + 4, and what is behind the last one 19.
  EXPECT_TRUE(host.message_ended(3, 13.5));
  EXPECT_EQ(host.earliest(4, 0), 18);
  EXPECT_EQ(host.earliest(5, 1), 19);
  EXPECT_FALSE(host.message_ended(5, 30));
}

TEST(HostLane, IsAheadWithoutLaunches) {
  EXPECT_TRUE(HostLane().ahead());
  EXPECT_TRUE(HostLane(host_plan(program_of({0}), 0, {})).ahead());
}

}  // namespace
}  // namespace braid
