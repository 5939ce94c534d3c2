// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

Scenario layered(int layers, int fewer) {
  Scenario s = small_scenario();
  s.model.layers = layers;
  s.plan.last_stage_fewer_layers = fewer;
  return s;
}

TEST(LayersOfStages, AreEvenWhereTheyDivide) { EXPECT_THAT(layers_of_stages(layered(12, 0), 4), Each(3)); }

TEST(LayersOfStages, LeaveTheLastTwoFewerAsInThePaper) {
  EXPECT_THAT(layers_of_stages(layered(30, 2), 8), ElementsAre(4, 4, 4, 4, 4, 4, 4, 2));
  EXPECT_THAT(layers_of_stages(layered(30, 2), 4), ElementsAre(8, 8, 8, 6));
  EXPECT_THAT(layers_of_stages(layered(46, 2), 8), ElementsAre(6, 6, 6, 6, 6, 6, 6, 4));
  const std::vector<int> sixteen = layers_of_stages(layered(46, 2), 16);  // 15 * 3 + 1
  EXPECT_EQ(sixteen.back(), 1);
  EXPECT_EQ(std::vector<int>(sixteen.begin(), sixteen.end() - 1), std::vector<int>(15, 3));
}

TEST(LayersOfStages, FollowAnExplicitList) {
  Scenario s = layered(8, 0);
  s.plan.layers_per_stage = {1, 2, 2, 3};
  EXPECT_THAT(layers_of_stages(s, 4), ElementsAre(1, 2, 2, 3));
}

std::string fault(const Scenario& s, int stages) {
  try {
    layers_of_stages(s, stages);
  } catch (const Error& error) { return error.what(); }
  return "no fault";
}

TEST(LayersOfStages, SayWhatWouldDivide) {
  // 30 + 2 = 4 * 8: two fewer would do. 30 divides by 1, 2, 3, 5, 6, 10, 15, 30.
  EXPECT_EQ(fault(layered(30, 0), 8),
            "s.toml:5:10:model.layers: 30 layers do not divide over 8 virtual stages: plan.last_stage_fewer_layers = 2 "
            "would do; virtual stages that divide: 1, 2, 3, 5, 6, 10, 15, 30; or list plan.layers_per_stage");
  // 9 layers, 7 fewer: 16 over 8 is 2, of which 7 cannot be taken away.
  EXPECT_THAT(fault(layered(9, 7), 8), HasSubstr("the last with 7 fewer"));
  EXPECT_THAT(fault(layered(3, 0), 8), HasSubstr("virtual stages that divide: 1, 3; or list"));
}

TEST(LayersOfStages, RefuseAnEmptyStage) {
  Scenario s = layered(8, 0);
  s.plan.layers_per_stage = {4, 4, 0};
  EXPECT_THAT(fault(s, 3), HasSubstr("plan.layers_per_stage: every virtual stage needs at least one layer"));
}

}  // namespace
}  // namespace braid
