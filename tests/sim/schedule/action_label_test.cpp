// SPDX-License-Identifier: Apache-2.0
#include "sim/schedule/action_label.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

const Action kF03{.type = ActionType::F, .stage = 0, .microbatch = 3};

TEST(ActionLabel, OfTorchsPipelineRuntime) {
  EXPECT_EQ(parse_action_label("PP:0F3")->compute.actions, std::vector{kF03});
  EXPECT_EQ(parse_action_label("PP:12W7")->compute.actions.front(),
            (Action{.type = ActionType::W, .stage = 12, .microbatch = 7}));
  const auto braid = parse_action_label("PP:(0F3;7B0)OVERLAP_F_B");
  ASSERT_EQ(braid->compute.actions.size(), 2u);
  EXPECT_EQ(braid->compute.actions[1], (Action{.type = ActionType::B, .stage = 7, .microbatch = 0}));
  const auto send = parse_action_label("PP:1SEND_F2");
  EXPECT_TRUE(send->compute.empty());
  EXPECT_EQ(*send->comm, (CommAction{.type = CommType::send_f, .stage = 1, .microbatch = 2}));
  EXPECT_EQ(parse_action_label("PP:3UNSHARD")->comm->type, CommType::unshard);
}

TEST(ActionLabel, OfTorchsSingleStageSchedules) {
  const auto forward = parse_action_label("Forward 3");
  EXPECT_EQ(forward->compute.actions, std::vector{kF03});
  EXPECT_FALSE(forward->has_stage);
  EXPECT_EQ(parse_action_label("Backward 11")->compute.actions.front().type, ActionType::B);
}

TEST(ActionLabel, OthersAreNone) {
  for (const char* name : {"PP:", "PP:0X3", "PP:F3", "PP:0F", "PP:(0F3;7B0)", "PP:0F40000", "Forward 3x"}) {
    EXPECT_TRUE(may_be_action(name)) << name;
    EXPECT_FALSE(parse_action_label(name)) << name;
  }
  for (const char* name : {"Forward", "Forward pass", "nn.Module: Linear_0", "", "ProfilerStep#3"}) {
    EXPECT_FALSE(may_be_action(name)) << name;
  }
}

}  // namespace
}  // namespace braid
