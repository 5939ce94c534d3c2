// SPDX-License-Identifier: Apache-2.0
#include "calibrate/cupti/op_tag.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "sim/base/error.hpp"

namespace braid::gpu {
namespace {

TEST(OpTag, RoundTripAtTheEndsOfEveryRange) {
  for (const int rank : {0, 1, 65535})
    for (const int index : {0, 4095})
      for (const int microbatch : {-1, 0, 4094})
        for (const int layer : {-1, 0, 1022})
          for (const int chunk : {-1, 0, 62})
            for (const auto kind : {OpKind::forward, OpKind::copy_in})
              for (const auto unit : {Unit::none, Unit::head}) {
                const OpKey k{.rank = rank,
                              .index = index,
                              .microbatch = static_cast<std::int16_t>(microbatch),
                              .layer = static_cast<std::int16_t>(layer),
                              .chunk = static_cast<std::int8_t>(chunk),
                              .kind = kind,
                              .unit = unit};
                EXPECT_EQ(op_of(tag_of(k)), k);
                EXPECT_TRUE(is_op_tag(tag_of(k)));
              }
}

TEST(OpTag, RandomKeysRoundTripAndDifferentKeysHaveDifferentTags) {
  std::mt19937 random(7);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
  std::set<OpKey> keys;
  std::set<std::uint64_t> tags;
  for (int i = 0; i < 20000; ++i) {
    const OpKey k{.rank = pick(0, 65535),
                  .index = pick(0, 4095),
                  .microbatch = static_cast<std::int16_t>(pick(-1, 4094)),
                  .layer = static_cast<std::int16_t>(pick(-1, 1022)),
                  .chunk = static_cast<std::int8_t>(pick(-1, 62)),
                  .kind = static_cast<OpKind>(pick(0, 12)),
                  .unit = static_cast<Unit>(pick(0, 7))};
    ASSERT_EQ(op_of(tag_of(k)), k);
    keys.insert(k), tags.insert(tag_of(k));
  }
  EXPECT_EQ(keys.size(), tags.size());
}

// The default key: rank 0 and index 0 stored as 0; microbatch, layer and chunk -1 stored as 0; forward and none are 0.
// Only the bit that marks an op is left.
TEST(OpTag, NoTagIsZero) { EXPECT_EQ(tag_of(OpKey{}), std::uint64_t{1} << 63); }

TEST(OpTag, RefusesWhatDoesNotFit) {
  EXPECT_THROW(tag_of({.rank = -1}), Error);
  EXPECT_THROW(tag_of({.rank = 65536}), Error);
  EXPECT_THROW(tag_of({.index = -1}), Error);
  EXPECT_THROW(tag_of({.index = 4096}), Error);
  EXPECT_THROW(tag_of({.microbatch = -2}), Error);
  EXPECT_THROW(tag_of({.microbatch = 4095}), Error);
  EXPECT_THROW(tag_of({.layer = 1023}), Error);
  EXPECT_THROW(tag_of({.chunk = 63}), Error);
  try {
    tag_of({.microbatch = 5000});
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("microbatch 5000 is not within -1 to 4094"), std::string::npos) << e.what();
  }
}

TEST(OpTag, RefusesNumbersThatAreNoOps) {
  EXPECT_THROW(op_of(0), Error);
  EXPECT_THROW(op_of(12), Error);  // a plain tag of a sweep
  // Kind 13 to 15 do not exist: bits 56 to 59.
  EXPECT_THROW(op_of(std::uint64_t{1} << 63 | std::uint64_t{13} << 56), Error);
  EXPECT_FALSE(is_op_tag(12));
}

}  // namespace
}  // namespace braid::gpu
