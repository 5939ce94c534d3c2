// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "sim/base/units.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class Parse>
std::string message(Parse parse, const char* text) {
  try {
    parse(text, "a.toml:3:7:plan.bucket");
  } catch (const Error& error) { return error.what(); }
  return "no error";
}

TEST(ParseQuantity, RefusesABareNumber) {
  EXPECT_THAT(message(parse_bytes, "25"),
              AllOf(HasSubstr("a.toml:3:7:plan.bucket: '25'"), HasSubstr("unit is missing"), HasSubstr("KiB, MiB")));
}

TEST(ParseQuantity, RefusesAUnitOfAnotherKind) {
  EXPECT_THAT(message(parse_bytes, "25 us"), HasSubstr("unknown unit 'us'"));
  EXPECT_THAT(message(parse_bandwidth, "25 GB"), HasSubstr("unknown unit 'GB'"));
  EXPECT_THAT(message(parse_seconds, "1 min"), HasSubstr("unknown unit 'min'"));
  EXPECT_THAT(message(parse_flop_rate, "312 TFLOPS"), HasSubstr("unknown unit 'TFLOPS'"));
  EXPECT_THAT(message(parse_bandwidth, "200 gbit/s"),
              HasSubstr("unknown unit 'gbit/s'"));  // case tells milli from mega
}

TEST(ParseQuantity, RefusesWhatIsNotANumber) {
  EXPECT_THAT(message(parse_seconds, ""), HasSubstr("must start with a number"));
  EXPECT_THAT(message(parse_seconds, "fast"), HasSubstr("must start with a number"));
  EXPECT_THAT(message(parse_seconds, "nan s"), HasSubstr("not finite"));
  EXPECT_THAT(message(parse_seconds, "inf s"), HasSubstr("not finite"));
  EXPECT_THAT(message(parse_bytes, "1e308 TiB"), HasSubstr("not finite"));
  EXPECT_THAT(message(parse_bytes, "1 2 GB"), HasSubstr("unknown unit '2 GB'"));
}

}  // namespace
}  // namespace braid
