// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/chosen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using test::screened;
using test::with_choice;
using testing::ElementsAre;

TEST(ChosenFields, AreColumnsInOrderOfTheirFirstRow) {
  const std::vector<Configuration> rows{
      with_choice(screened(1, 1, "a", 1), R"({"plan.tp":8,"cluster.nic_bandwidth":"400 Gbit/s","run":"a"})"),
      with_choice(screened(1, 1, "a", 1), R"({"plan.tp":4,"plan.fold":true,"run":"a"})"),
      with_choice(screened(1, 1, "a", 1), ""), with_choice(screened(1, 1, "a", 1), R"({"plan.tp":8,"run":"a"})")};
  const std::vector<ChosenField> fields = chosen_fields(rows, "a.db");
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].name, "plan.tp");
  EXPECT_THAT(fields[0].values, ElementsAre("8", "4"));
  EXPECT_THAT(fields[0].at, ElementsAre(0, 1, kNotChosen, 0));
  EXPECT_EQ(fields[1].text(0), "400 Gbit/s");
  EXPECT_EQ(fields[1].text(1), "");
  EXPECT_EQ(fields[2].text(1), "true");
}

TEST(NumberIn, ReadsNumbersAndQuantities) {
  EXPECT_EQ(number_in("16"), 16);
  EXPECT_EQ(number_in("0.5"), 0.5);
  EXPECT_EQ(number_in("400 Gbit/s"), 5e10);  // 400e9 / 8
  EXPECT_EQ(number_in("80 GiB"), 80 * 1073741824.0);
  EXPECT_EQ(number_in("5 ms"), 5e-3);
  for (const char* text : {"", "full", "8x4", "models/llama3-8b.toml", "true", "nan"})
    EXPECT_EQ(number_in(text), std::nullopt) << text;
}

}  // namespace
}  // namespace braid
