// SPDX-License-Identifier: Apache-2.0
#include "sim/base/error.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

TEST(ErrorText, IsPlaceAndFault) {
  EXPECT_STREQ(Error("a.toml:1:tp", "is zero").what(), "a.toml:1:tp: is zero");
  EXPECT_STREQ(Error("", "is zero").what(), "is zero");
}

TEST(ErrorText, OfSeveralFaultsLosesNone) {
  const std::vector<Issue> issues = {{"a", "one"}, {"", "two"}};
  EXPECT_STREQ(Error(issues).what(), "a: one\ntwo");
  EXPECT_THROW(throw_if_any(issues), Error);
  EXPECT_NO_THROW(throw_if_any({}));
}

TEST(NearestWord, SuggestsWhatASlipMeant) {
  const std::vector<std::string> known = {"layers", "hidden", "heads", "kv_heads"};
  EXPECT_EQ(nearest_word("layrs", known), "layers");
  EXPECT_EQ(nearest_word("head", known), "heads");
  EXPECT_EQ(nearest_word("kv_head", known), "kv_heads");
}

TEST(NearestWord, PrefersWordsThatBeginAlike) {
  // "dq" is one letter from "pq", which stands first, and from "dp".
  EXPECT_EQ(nearest_word("dq", std::vector<std::string>{"pq", "dp"}), "dp");
  // Both letters of "mb" would have to change to make "tp".
  EXPECT_EQ(nearest_word("mb", std::vector<std::string>{"tp", "microbatch_size", "microbatches"}), "microbatches");
}

TEST(NearestWord, SuggestsNothingForAnotherWord) {
  const std::vector<std::string> known = {"layers", "hidden"};
  EXPECT_EQ(nearest_word("bandwidth", known), "");
  EXPECT_EQ(nearest_word("x", {}), "");
}

TEST(BraidCheckDeathTest, NamesWhatShouldHold) {
  EXPECT_DEATH(BRAID_CHECK(1 == 2, "numbers agree"), "error_test.cpp:[0-9]+: 1 == 2 does not hold: numbers agree");
}

}  // namespace
}  // namespace braid
