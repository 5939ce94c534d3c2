// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/amounts.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

template <class Parse>
std::string message(const Parse& parse) {
  try {
    parse();
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

TEST(AmountsErrors, MoneyWithoutCurrencyNumberOrSign) {
  for (const char* text : {"3M", "USD", "$", "", "3M X", "3 usd", "-3 USD", "0 USD", "nan USD", "1e400 USD", "3Q$"}) {
    EXPECT_THAT(message([&] { parse_money(text, "--budget"); }),
                AllOf(StartsWith("--budget: '" + std::string(text) + "' is no sum of money"), HasSubstr("3M$")));
  }
}

TEST(AmountsErrors, PowerCountsAndTimesSayWhatWouldDo) {
  for (const char* text : {"1300", "1.3 kV", "0 W", "-1 W", "inf W"}) {
    EXPECT_THAT(message([&] { parse_watts(text, "f"); }), HasSubstr("is no power above 0; write for example")) << text;
  }
  for (const char* text : {"15X", "15 TB", "0", "-1T", "many", ""}) {
    EXPECT_THAT(message([&] { parse_count(text, "tokens", "--tokens"); }),
                AllOf(StartsWith("--tokens: "), HasSubstr("no number of tokens above 0")))
        << text;
  }
  for (const char* text : {"60", "0d", "-3d", "60 days", "d"}) {
    EXPECT_THAT(message([&] { parse_long_time(text, "--deadline"); }),
                AllOf(StartsWith("--deadline: "), HasSubstr("write for example 60d")))
        << text;
  }
}

}  // namespace
}  // namespace braid
