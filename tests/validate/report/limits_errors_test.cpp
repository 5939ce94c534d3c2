// SPDX-License-Identifier: Apache-2.0
// The smallest limits.toml that breaks each rule, and its message.
#include <gtest/gtest.h>

#include "sim/base/error.hpp"
#include "validate/report/limits.hpp"

namespace braid {
namespace {

std::string fault(const std::string& toml) {
  try {
    parse_limits(toml, "l.toml");
  } catch (const Error& error) { return error.what(); }
  return "read without a fault";
}

TEST(LimitsErrors, ASchemaIsNeededAndKnown) {
  EXPECT_EQ(fault("[host]\n"), "l.toml:1:1:schema: is missing");
  EXPECT_EQ(fault("schema = 2\n"), "l.toml:1:10:schema: 2 is not between 1 and 1");
}

TEST(LimitsErrors, AnUnknownLimitIsMetWithTheNearest) {
  EXPECT_EQ(fault("schema = 1\n[host]\nstep_eror_percent = 1\n"),
            "l.toml:3:1:host.step_eror_percent: unknown key; did you mean 'step_error_percent'?");
}

TEST(LimitsErrors, AnUnknownPlacementIsMetWithTheNearest) {
  EXPECT_EQ(fault("schema = 1\n[hots]\n"), "l.toml:2:2:hots: unknown key; did you mean 'host'?");
}

TEST(LimitsErrors, ALimitIsANumberThatIsNotNegative) {
  EXPECT_EQ(fault("schema = 1\n[host]\nunit_error_percent = -1\n"),
            "l.toml:3:22:host.unit_error_percent: -1 is not between 0 and 1e+06");
  EXPECT_EQ(fault("schema = 1\n[host]\nunit_error_percent = \"5 %\"\n"),
            "l.toml:3:22:host.unit_error_percent: wants a number, not a string");
  EXPECT_EQ(fault("schema = 1\n[host]\nunit_error_percent = nan\n"),
            "l.toml:3:22:host.unit_error_percent: nan is not between 0 and 1e+06");
}

TEST(LimitsErrors, AMissingFileIsNamed) { EXPECT_THROW(read_limits("/nowhere/limits.toml"), Error); }

}  // namespace
}  // namespace braid
