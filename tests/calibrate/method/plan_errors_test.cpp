// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibrate/method/plan.hpp"
#include "sim/base/error.hpp"

namespace braid {
namespace {

void refused(const PlanChoice& choice, const char* says) {
  try {
    allot(choice);
    ADD_FAILURE() << "accepted, should say: " << says;
  } catch (const Error& e) { EXPECT_THAT(e.what(), testing::HasSubstr(says)); }
}

TEST(PlanErrors, EachRuleHasItsSmallestBreach) {
  refused({.names = {"gem"}}, "gem: there is no such sweep, did you mean 'gemm'?");
  refused({.quick = true, .full = true}, "--quick: and --full are two plans");
  refused({.stage = 0}, "--stage: 0 is not one of 1 to 4");
  refused({.stage = 5}, "--stage: 5 is not one of 1 to 4");
  refused({.names = {"gemm"}, .stage = 1}, "leave out the names");
  refused({.quick = true, .stage = 1}, "leave out --quick");
  refused({.seconds = 0}, "--seconds: must be greater than 0");
  refused({.seconds = 86401}, "at most a day");  // 24 * 3600 + 1
}

}  // namespace
}  // namespace braid
