// SPDX-License-Identifier: Apache-2.0
// Price and power of a cluster: read with their sources, kept in the one text, and out of the hash.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/scenario/small_scenario.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

const std::string kPriced = with("nodes = 2", R"(nodes = 2
gpu_hour_price = "2.50 USD"
price_source = "a list"
gpu_power = "1.3 kW"
power_source = "assumed")");

TEST(RunningCost, IsReadWithItsSources) {
  const Cluster cluster = parse_scenario(kPriced, "s.toml").cluster;
  EXPECT_DOUBLE_EQ(cluster.gpu_hour_price, 2.5);
  EXPECT_EQ(cluster.currency, "USD");
  EXPECT_EQ(cluster.price_source, "a list");
  EXPECT_DOUBLE_EQ(cluster.gpu_watts, 1300);
  EXPECT_EQ(cluster.power_source, "assumed");
}

TEST(RunningCost, ChangesNoSimulationAndStaysWithTheScenario) {
  EXPECT_EQ(scenario_hash(parse_scenario(kPriced, "s.toml")), scenario_hash(small_scenario()));
  const std::string one = as_one_text(kPriced, "s.toml");
  EXPECT_EQ(parse_scenario(one, "one").cluster, parse_scenario(kPriced, "s.toml").cluster);
}

TEST(RunningCost, PricesStepsAndAddsUpPower) {
  // 8 GPUs x 2.50 USD an hour x 360 s / 3600 = 2 USD; 8 x 1300 W = 10400 W.
  const Cluster cluster = parse_scenario(kPriced, "s.toml").cluster;
  EXPECT_DOUBLE_EQ(cost_of_step(cluster, 8, Seconds(360)).value(), 2);
  EXPECT_DOUBLE_EQ(watts_of(cluster, 8).value(), 10400);
  EXPECT_FALSE(cost_of_step(small_scenario().cluster, 8, Seconds(360)));
}

TEST(RunningCostErrors, AFigureNeedsASourceAndASourceAFigure) {
  const auto broken = [](const std::string& lines) { return reading_fault(with("nodes = 2", "nodes = 2\n" + lines)); };
  EXPECT_EQ(broken("gpu_hour_price = \"2 USD\""),
            "s.toml:15:18:cluster.gpu_hour_price: who says so? Write price_source = \"list price of NAME, month and "
            "year\", or that it is assumed");
  EXPECT_THAT(broken("gpu_power = \"1 kW\"\npower_source = \"\""), HasSubstr("who says so? Write power_source"));
  EXPECT_EQ(broken("price_source = \"a list\""), "s.toml:15:16:cluster.price_source: there is no gpu_hour_price");
  EXPECT_EQ(broken("gpu_hour_price = \"2\"\nprice_source = \"a list\""),
            "s.toml:15:18:cluster.gpu_hour_price: '2' is no sum of money; write for example \"2.50 USD\" or \"3M$\"");
  EXPECT_EQ(broken("gpu_hour_price = 2.5\nprice_source = \"a list\""),
            "s.toml:15:18:cluster.gpu_hour_price: wants a string, not a number");
  EXPECT_EQ(broken("gpu_power = \"3 MW\"\npower_source = \"a list\""),
            "s.toml:15:13:cluster.gpu_power: '3 MW' is more than one GPU can take");
}

}  // namespace
}  // namespace braid
