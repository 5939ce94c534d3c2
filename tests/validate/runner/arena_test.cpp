// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/arena.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

constexpr std::size_t k = Arena::kAlignment;

TEST(Arena, RoundsUpToItsAlignment) {
  Arena arena;
  EXPECT_EQ(arena.take(1, 0), 0u);
  EXPECT_EQ(arena.take(k + 1, 0), k);
  EXPECT_EQ(arena.size(), 3 * k);  // 1 + 2
}

TEST(Arena, TakesTheSmallestStretchThatHolds) {
  // Four places of 4, 1, 2, 1; the first and third are free: 2 goes into the third, 3 into the first.
  Arena arena;
  const std::size_t a = arena.take(4 * k, 0), b = arena.take(k, 0), c = arena.take(2 * k, 0);
  arena.take(k, 0);
  arena.give_back(a, 4 * k, 0);
  arena.give_back(c, 2 * k, 0);
  EXPECT_EQ(arena.take(2 * k, 0), c);
  EXPECT_EQ(arena.take(3 * k, 0), a);
  EXPECT_EQ(arena.take(k, 0), a + 3 * k);  // what is left of the first
  EXPECT_EQ(arena.size(), 8 * k);
  (void)b;
}

TEST(Arena, JoinsNeighbours) {
  Arena arena;
  const std::size_t a = arena.take(2 * k, 0), b = arena.take(3 * k, 0);
  arena.take(k, 0);
  arena.give_back(b, 3 * k, 0);
  arena.give_back(a, 2 * k, 0);
  EXPECT_EQ(arena.take(5 * k, 0), a);
  EXPECT_EQ(arena.size(), 6 * k);
}

TEST(Arena, GrowsFromTheFreeStretchAtItsEnd) {
  Arena arena;
  arena.take(k, 0);
  const std::size_t b = arena.take(2 * k, 0);
  arena.give_back(b, 2 * k, 0);
  EXPECT_EQ(arena.take(3 * k, 0), b);
  EXPECT_EQ(arena.size(), 4 * k);
}

TEST(Arena, LeavesWhatIsStampedLater) {
  // Two neighbours free since 4 and since 7: a taker of 5 gets only the first, one of 7 both.
  Arena arena;
  const std::size_t a = arena.take(k, 0), b = arena.take(k, 0);
  arena.take(k, 0);
  arena.give_back(a, k, 4);
  arena.give_back(b, k, 7);
  EXPECT_EQ(arena.take(2 * k, 5), 3 * k);
  EXPECT_EQ(arena.take(2 * k, 7), a);
}

TEST(Arena, KeepsTheStampOfWhatIsCutOff) {
  Arena arena;
  const std::size_t a = arena.take(2 * k, 0);
  arena.take(k, 0);
  arena.give_back(a, 2 * k, 6);
  EXPECT_EQ(arena.take(k, 6), a);
  EXPECT_EQ(arena.take(k, 5), 3 * k);
  EXPECT_EQ(arena.take(k, 6), a + k);
}

}  // namespace
}  // namespace braid
