// SPDX-License-Identifier: Apache-2.0
#include "sim/base/amounts.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(Amounts, MoneyHasItsCurrencyOnEitherSide) {
  const Money three_million{.amount = 3e6, .currency = "USD"};
  for (const char* text : {"3M$", "$3M", "3 M USD", "3MUSD", "3000000 USD", " 3e6 $ "}) {
    EXPECT_EQ(parse_money(text, "t"), three_million) << text;
  }
  EXPECT_EQ(parse_money("2.50 USD", "t"), (Money{2.5, "USD"}));
  EXPECT_EQ(parse_money("1.2 k EUR", "t"), (Money{1200, "EUR"}));
  EXPECT_EQ(parse_money("7€", "t"), (Money{7, "EUR"}));
  EXPECT_EQ(parse_money("1 B BRL", "t"), (Money{1e9, "BRL"}));  // the scale is not the currency's first letter
}

TEST(Amounts, PowerCountsAndLongTimes) {
  EXPECT_DOUBLE_EQ(parse_watts("1.3 kW", "t"), 1300);
  EXPECT_DOUBLE_EQ(parse_watts("700W", "t"), 700);
  EXPECT_DOUBLE_EQ(parse_count("15T", "tokens", "t"), 15e12);
  EXPECT_DOUBLE_EQ(parse_count("300 B", "tokens", "t"), 300e9);
  EXPECT_DOUBLE_EQ(parse_count("20000000", "tokens", "t"), 2e7);
  EXPECT_DOUBLE_EQ(parse_long_time("60d", "t"), 60 * 24 * 3600.0);
  EXPECT_DOUBLE_EQ(parse_long_time("2 w", "t"), 14 * 24 * 3600.0);
  EXPECT_DOUBLE_EQ(parse_long_time("1.5h", "t"), 5400);
}

TEST(Amounts, CountsForPeople) {
  EXPECT_EQ(short_count(15e12), "15 T");
  EXPECT_EQ(short_count(4194304), "4.19 M");
  EXPECT_EQ(short_count(12345), "12.3 k");
  EXPECT_EQ(short_count(512), "512");
}

}  // namespace
}  // namespace braid
