// SPDX-License-Identifier: Apache-2.0
// For every precondition: the request that just breaks it, and the rule in the message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "sim/schedule/generators.hpp"

namespace braid {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string refusal(const std::string& name, const ScheduleRequest& request) {
  try {
    generate_schedule(name, request);
  } catch (const Error& error) { return error.what(); }
  return "not refused";
}

TEST(Refusal, OfAnUnknownNameSuggestsTheNearest) {
  EXPECT_THAT(refusal("1f1b-l", {.stages = 2, .microbatches = 2}), HasSubstr("did you mean 1f1b-i?"));
  EXPECT_THAT(refusal("quite-something-else", {.stages = 2, .microbatches = 2}), HasSubstr("braid list schedules"));
}

TEST(Refusal, OfSTPNames3pMinus1) {
  for (const int p : {2, 3, 4, 5, 8}) {
    EXPECT_EQ(refusal("stp", {.stages = p, .microbatches = 3 * p - 1}), "not refused");
    // The published assert (m >= 2p) would let these pass.
    for (int m = 2 * p; m < 3 * p - 1; ++m) {
      EXPECT_THAT(refusal("stp", {.stages = p, .microbatches = m}),
                  AllOf(HasSubstr("schedule:stp: "), HasSubstr("3p-1"), HasSubstr(std::to_string(3 * p - 1))));
    }
  }
  EXPECT_THAT(refusal("stp", {.stages = 1, .microbatches = 8}), HasSubstr("at least two stages"));
}

TEST(Refusal, OfInterleavedSchedulesSaysTheRuleOfTheGroup) {
  // p = 4, m = 11: rounds = 11 div 4 = 2, and 11 mod 2 = 1.
  for (const char* name : {"1f1b-i", "interleaved-zb", "combined-1f1b"}) {
    EXPECT_THAT(refusal(name, {.stages = 4, .microbatches = 11}), HasSubstr("max(1, m div p) = 2"));
    // N = 3 < p; N = 12 > m; N = 4: 11 mod 4 = 3 < p; N = 5 too: 1 < p; N = 7: 11 mod 7 = 4 >= p.
    for (const int n : {3, 12, 4, 5}) {
      EXPECT_THAT(refusal(name, {.stages = 4, .microbatches = 11, .group = n}), HasSubstr("p <= N <= m"));
    }
    EXPECT_EQ(refusal(name, {.stages = 4, .microbatches = 11, .group = 7}), "not refused");
  }
}

TEST(Refusal, OfDualPipeSaysItsRule) {
  EXPECT_THAT(refusal("dualpipe", {.stages = 3, .microbatches = 12}), HasSubstr("an even p"));
  EXPECT_THAT(refusal("dualpipe", {.stages = 4, .microbatches = 9}), HasSubstr("an even m"));
  EXPECT_THAT(refusal("dualpipe", {.stages = 4, .microbatches = 6}), HasSubstr("m >= 2p = 8"));
  EXPECT_THAT(refusal("dualpipev", {.stages = 3, .microbatches = 5}), HasSubstr("m >= 2p = 6"));
}

TEST(Refusal, OfWhatNoScheduleCanHave) {
  for (const GeneratorEntry& entry : generators()) {
    EXPECT_THAT(refusal(entry.name, {.stages = 0, .microbatches = 8}), HasSubstr("number of stages (ranks) is 0"));
    EXPECT_THAT(refusal(entry.name, {.stages = 4, .microbatches = -8}), HasSubstr("number of microbatches is -8"));
    EXPECT_THAT(refusal(entry.name, {.stages = 60000, .microbatches = 1000000}), HasSubstr("more than"));
    EXPECT_THAT(refusal(entry.name, {.stages = 2000000000, .microbatches = 8}), HasSubstr("must be 1 to 65536"));
    ScheduleRequest costly{.stages = 4, .microbatches = 24};
    costly.f = -1;
    EXPECT_THAT(refusal(entry.name, costly), HasSubstr("costs f, i, w and comm must be 0 to"));
    costly.f = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(refusal(entry.name, costly), HasSubstr("costs f, i, w and comm must be 0 to"));
  }
}

TEST(Refusal, OfAnOptionThatTheScheduleDoesNotHave) {
  for (const GeneratorEntry& entry : generators()) {
    const std::string& name = entry.name;
    const bool interleaved = name == "1f1b-i" || name == "interleaved-zb" || name == "combined-1f1b";
    const auto expected = [](bool honoured, const char* message) {
      return honoured ? std::string("not refused") : std::string(message);
    };
    EXPECT_THAT(refusal(name, {.stages = 4, .microbatches = 24, .chunks = 2}),
                HasSubstr(expected(interleaved || name == "looped-bfs", "number of chunks")));
    EXPECT_THAT(refusal(name, {.stages = 4, .microbatches = 24, .group = 6}),
                HasSubstr(expected(interleaved, "does not have a microbatch group")));
    EXPECT_THAT(refusal(name, {.stages = 4, .microbatches = 24, .memory_limit = 6}),
                HasSubstr(expected(name == "zb", "only `zb` does")));
  }
  EXPECT_THAT(refusal("zb", {.stages = 4, .microbatches = 24, .memory_limit = 0}),
              HasSubstr("at least one activation"));
  EXPECT_THAT(refusal("1f1b-i", {.stages = 4, .microbatches = 24, .chunks = 0}), HasSubstr("chunks a rank is 0"));
}

}  // namespace
}  // namespace braid
