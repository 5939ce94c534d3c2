// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/model/headline.hpp"
#include "gui/model/range_text.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

constexpr TimeRange kExtent{0, 50'000'000};

TEST(ParseRange, ReadsTimesWithUnits) {
  EXPECT_EQ(parse_range("10ms..20ms", kExtent, false), (TimeRange{10'000'000, 20'000'000}));
  EXPECT_EQ(parse_range("10 us..0.5 s", kExtent, false), (TimeRange{10'000, 500'000'000}));
  EXPECT_EQ(parse_range("1e1ms..", kExtent, false), (TimeRange{10'000'000, 50'000'000}));
  EXPECT_EQ(parse_range("..20ms", kExtent, false), (TimeRange{0, 20'000'000}));
}

TEST(ParseRange, ReadsSlotsWhereTheRunHasThem) {
  // A slot is kept as one second.
  EXPECT_EQ(parse_range("1..3", {0, 12'000'000'000}, true), (TimeRange{1'000'000'000, 3'000'000'000}));
}

TEST(ParseRange, RefusesWhatIsOutsideOfTheRunAndNamesItsRange) {
  for (const char* text : {"60ms..70ms", "50ms..", "60ms..", "-2ms..-1ms"}) {
    try {
      parse_range(text, kExtent, false);
      ADD_FAILURE() << text;
    } catch (const Error& e) { EXPECT_THAT(e.what(), testing::HasSubstr("from 0 s to 50 ms")) << text; }
  }
  EXPECT_EQ(parse_range("40ms..70ms", kExtent, false), (TimeRange{40'000'000, 70'000'000}));
}

TEST(ParseRange, RefusesWhatIsNoRange) {
  for (const char* text : {"", "10ms", "10..20", "20ms..10ms", "a..b", "1e300s..2e300s", "nan..1s", "10ms..20ms..30ms",
                           "50ms..60ms", "-5ms..0ms"}) {
    EXPECT_THROW(parse_range(text, kExtent, false), Error) << text;
  }
}

TEST(Headline, SaysTheFiguresThatTheRunHas) {
  RunFacts facts{.kind = "simulated", .step_time_ns = 2'000'000'000};
  facts.figures = {{"bubble_by_cause_s.tp", 0.1},    {"bubble_by_cause_s.warm_up", 0.3},
                   {"exposed_communication_s", 0.5}, {"mfu", 0.42},
                   {"peak_memory_bytes", 3e9},       {"gpu_memory_bytes", 4e9}};
  // 0.4 s of idle causes in a step of 2 s; 0.5 s of 2 s exposed.
  ASSERT_TRUE(bubble_share(facts));
  EXPECT_DOUBLE_EQ(*bubble_share(facts), 0.2);
  const std::string text = headline(facts);
  for (const char* part : {"simulated", "step 2 s", "bubble 20.0 %", "exposed communication 25.0 %", "MFU 42.0 %",
                           "peak memory 3.0 GB of 4.0 GB"}) {
    EXPECT_THAT(text, testing::HasSubstr(part));
  }
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("does not fit")));
  facts.figures["peak_memory_bytes"] = 5e9;
  EXPECT_THAT(headline(facts), testing::HasSubstr("does not fit"));
}

TEST(Headline, SaysNothingOfWhatIsNotKnown) {
  EXPECT_EQ(headline({}), "");
  EXPECT_FALSE(bubble_share({.step_time_ns = 5}));
  EXPECT_EQ(run_title({}, "/a/b.braid"), "b.braid");
  EXPECT_EQ(run_title({.title = "t"}, "/a/b.braid"), "t");
}

}  // namespace
}  // namespace braid
