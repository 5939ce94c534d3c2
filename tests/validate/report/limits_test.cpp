// SPDX-License-Identifier: Apache-2.0
#include "validate/report/limits.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(Limits, AreReadByPlacement) {
  const Limits limits = parse_limits(
      "schema = 1\n[partition]\nstep_error_percent = 5\norder = true\n[host]\nstep_error_percent = 1e-7\n", "l.toml");
  ASSERT_EQ(limits.placements.size(), 2u);
  const PlacementLimits& partition = limits.placements.at("partition");
  EXPECT_EQ(partition.step_error_percent, 5);
  EXPECT_TRUE(partition.order);
  EXPECT_FALSE(partition.unit_error_percent.has_value());
  EXPECT_EQ(limits.placements.at("host").step_error_percent, 1e-7);
}

TEST(Limits, OfZeroIsALimit) {
  EXPECT_EQ(parse_limits("schema = 1\n[host]\ninversions_percent = 0\n", "l").placements.at("host").inversions_percent,
            0);
}

TEST(Limits, ThatAreShippedHaveTheGoals) {
  // The goals: every schedule within 5 %, 3 % on the mean, on partition and replay; the host equal to 1e-9.
  const Limits limits = read_limits(BRAID_SOURCE_DIR "/validate/limits.toml");
  for (const char* placement : {"partition", "replay"}) {
    EXPECT_EQ(limits.placements.at(placement).step_error_percent, 5);
    EXPECT_EQ(limits.placements.at(placement).mean_step_error_percent, 3);
    EXPECT_EQ(limits.placements.at(placement).traced_over_untraced_percent, 2);
    EXPECT_TRUE(limits.placements.at(placement).order);
  }
  EXPECT_DOUBLE_EQ(limits.placements.at("host").step_error_percent.value(), 100 * 1e-9);
  EXPECT_EQ(limits.placements.at("host").inversions_percent, 0);
  EXPECT_TRUE(limits.placements.contains("multi"));
}

}  // namespace
}  // namespace braid
