// SPDX-License-Identifier: Apache-2.0
#include "gui/model/slice_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

namespace braid {
namespace {

using testing::ElementsAre;

Slice slice(std::int64_t start, std::int64_t end, std::uint32_t name = 0) {
  Slice made;
  made.start = start;
  made.end = end;
  made.name = name;
  return made;
}

TEST(SliceRows, NestedOnesAreOnTheRowOfTheirDepth) {
  std::vector<Slice> slices{slice(2, 3), slice(0, 10), slice(1, 5), slice(5, 9), slice(10, 11)};
  sort_slices(slices);
  // 0-10 on row 0; 1-5 within it; 2-3 within that; 5-9 begins where 1-5 ends; 10-11 where 0-10 ends
  EXPECT_THAT(row_of_slices(slices), ElementsAre(0, 1, 2, 1, 0));
}

TEST(SliceRows, OfOneStartTheLongerIsAbove) {
  std::vector<Slice> slices{slice(0, 2, 1), slice(0, 5, 2), slice(0, 2, 3)};
  sort_slices(slices);
  EXPECT_EQ(slices[0].name, 2u);
  EXPECT_EQ(slices[1].name, 1u);  // as they came
  EXPECT_THAT(row_of_slices(slices), ElementsAre(0, 1, 2));
}

TEST(SliceRows, ManySlicesAreSortedInPieces) {
  // 600,000 is more than two runs of 2^18; a fixed sequence that repeats starts.
  std::vector<Slice> slices;
  std::uint64_t state = 1;
  for (std::uint32_t i = 0; i < 600'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto start = static_cast<std::int64_t>(state >> 46);  // 18 bits
    slices.push_back(slice(start, start + static_cast<std::int64_t>(state >> 20 & 7), i));
  }
  int asked = 0;
  sort_slices(slices, [&] { ++asked; });
  EXPECT_GE(asked, 3);
  EXPECT_TRUE(std::is_sorted(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) {
    return std::tuple(a.start, -a.end, a.name) < std::tuple(b.start, -b.end, b.name);
  }));
}

}  // namespace
}  // namespace braid
