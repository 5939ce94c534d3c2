// SPDX-License-Identifier: Apache-2.0
#include "sim/base/gzip.hpp"

#include <gtest/gtest.h>

#include "sim/base/error.hpp"

namespace braid {
namespace {

TEST(Gzip, GivesBackWhatItTook) {
  std::string long_text;
  for (int i = 0; i < 100'000; ++i) long_text += std::to_string(i * 7919 % 1000) + ",";
  for (const std::string& text : {std::string(), std::string("a"), long_text}) {
    EXPECT_TRUE(gunzip(gzip(text), "g") == text);
  }
  EXPECT_LT(gzip(long_text).size(), long_text.size() / 3);
}

TEST(Gzip, ReadsFilesOfSeveralMembers) {
  // As `cat a.gz b.gz` makes them.
  EXPECT_EQ(gunzip(gzip("one ") + gzip("two"), "g"), "one two");
}

std::string fault_of(const std::string& bytes, std::size_t most = kGiB) {
  try {
    gunzip(bytes, "g", most);
  } catch (const Error& error) { return error.what(); }
  return "";
}

TEST(Gzip, IsKnownByItsFirstTwoBytes) {
  EXPECT_TRUE(is_gzip(gzip("")));
  EXPECT_FALSE(is_gzip("{}"));
  EXPECT_FALSE(is_gzip(""));
}

TEST(GzipErrors, NoneCutDamagedOrTooLong) {
  EXPECT_EQ(fault_of("a text"), "g: is not a gzip file");
  EXPECT_EQ(fault_of(""), "g: ends in the middle: the file was cut");
  EXPECT_EQ(fault_of(gzip("one ") + gzip("two").substr(0, 5)), "g: ends in the middle: the file was cut");
  const std::string whole = gzip(std::string(1000, 'x'));
  for (std::size_t n = 1; n < whole.size(); ++n) {
    EXPECT_EQ(fault_of(whole.substr(0, n)), "g: ends in the middle: the file was cut") << n;
  }
  std::string damaged = whole;
  damaged[damaged.size() - 5] ^= 0x55;  // of the check sum
  EXPECT_EQ(fault_of(damaged), "g: is damaged: its check sum or its contents are wrong");
  EXPECT_EQ(fault_of(whole, 1000), "");
  EXPECT_EQ(fault_of(whole, 999), "g: unpacks to more than 9.3e-07 GiB");
}

}  // namespace
}  // namespace braid
