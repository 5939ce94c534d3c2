// SPDX-License-Identifier: Apache-2.0
// Quantities that do not mix, and their text forms.
#include "sim/base/units.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace braid {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};

TEST(Quantity, MixesOnlyWhereThatMeansSomething) {
  static_assert(std::is_same_v<decltype(Bytes() / BytesPerSecond()), Seconds>);
  static_assert(std::is_same_v<decltype(Bytes() / Seconds()), BytesPerSecond>);
  static_assert(std::is_same_v<decltype(Flops() / FlopsPerSecond()), Seconds>);
  static_assert(std::is_same_v<decltype(BytesPerSecond() * Seconds()), Bytes>);
  static_assert(std::is_same_v<decltype(Bytes() / Bytes()), double>);
  static_assert(Addable<Bytes, Bytes>);
  static_assert(!Addable<Bytes, Seconds>);
  static_assert(!Addable<Bytes, double>);
  EXPECT_EQ(3_GB / 300_GBps, Seconds(0.01));  // 3e9 / 3e11
}

TEST(ParseSeconds, KnowsItsUnits) {
  EXPECT_EQ(parse_seconds("2 s", ""), 2_s);
  EXPECT_DOUBLE_EQ(parse_seconds("8.5 us", "").value, 8.5e-6);
  EXPECT_DOUBLE_EQ(parse_seconds("3ms", "").value, 3e-3);
  EXPECT_DOUBLE_EQ(parse_seconds(" 40  ns ", "").value, 40e-9);
}

TEST(ParseBytes, TellsGbFromGib) {
  EXPECT_EQ(parse_bytes("80 GB", ""), Bytes(80e9));
  EXPECT_EQ(parse_bytes("80 GiB", ""), Bytes(80.0 * 1073741824));  // 2^30
  EXPECT_EQ(parse_bytes("1 kB", ""), Bytes(1000));
  EXPECT_EQ(parse_bytes("1 KiB", ""), Bytes(1024));
  EXPECT_EQ(parse_bytes("2.5 TB", ""), Bytes(2.5e12));
}

TEST(ParseBandwidth, TakesBytesAndBits) {
  EXPECT_EQ(parse_bandwidth("400 GB/s", ""), BytesPerSecond(4e11));
  EXPECT_EQ(parse_bandwidth("200 Gbit/s", ""), BytesPerSecond(25e9));  // 200e9 / 8
  EXPECT_EQ(parse_bandwidth("1 GiB/s", ""), BytesPerSecond(1073741824));
}

TEST(ParseFlopRate, KnowsTeraAndPeta) {
  EXPECT_EQ(parse_flop_rate("312 TFLOP/s", ""), FlopsPerSecond(312e12));
  EXPECT_EQ(parse_flop_rate("2.25 PFLOP/s", ""), FlopsPerSecond(2.25e15));
}

TEST(ToText, PicksAUnitThatPeopleRead) {
  EXPECT_EQ(to_text(Seconds(1.5)), "1.5 s");
  EXPECT_EQ(to_text(Seconds(0.0123)), "12.3 ms");
  EXPECT_EQ(to_text(Seconds(4.56e-6)), "4.56 us");
  EXPECT_EQ(to_text(Seconds(0)), "0 s");
  EXPECT_EQ(to_text(Bytes(41.2e9)), "41.2 GB");
  EXPECT_EQ(to_text(Bytes(512)), "512 B");
}

TEST(Units, CountsAreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-123456), "-123,456");
  EXPECT_EQ(grouped(10'000'000), "10,000,000");
}

}  // namespace
}  // namespace braid
