// SPDX-License-Identifier: Apache-2.0
// Whether two plays of one program are the same, op for op.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/timeline/timeline.hpp"

namespace braid::test {

/// By key within each lane of each rank: start, end and stretch to 1e-9 of the step. Stops at the tenth difference.
inline void expect_same(const Timeline& got, const Timeline& expected) {
  const double slack = 1e-9 * expected.step_time.value;
  ASSERT_GT(expected.step_time.value, 0);
  EXPECT_NEAR(got.step_time.value, expected.step_time.value, slack);
  EXPECT_EQ(got.multiplicity, expected.multiplicity);
  ASSERT_EQ(got.ranks.size(), expected.ranks.size());
  int differences = 0;
  for (std::size_t rank = 0; rank < expected.ranks.size(); ++rank) {
    EXPECT_EQ(got.ranks[rank].rank, expected.ranks[rank].rank);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      std::vector<Span> a = got.ranks[rank].lanes[lane], b = expected.ranks[rank].lanes[lane];
      ASSERT_EQ(a.size(), b.size()) << "rank " << rank << " lane " << to_text(static_cast<Lane>(lane));
      std::ranges::stable_sort(a, {}, &Span::key);
      std::ranges::stable_sort(b, {}, &Span::key);
      for (std::size_t i = 0; i < a.size(); ++i) {
        ASSERT_EQ(a[i].key, b[i].key);
        const auto near = [&](Seconds x, Seconds y) { return std::abs((x - y).value) <= slack; };
        if (near(a[i].start, b[i].start) && near(a[i].end, b[i].end) && near(a[i].stretch, b[i].stretch)) continue;
        ADD_FAILURE() << "rank " << rank << ": " << to_text(a[i].key) << ": " << a[i].start.value << " .. "
                      << a[i].end.value << " stretch " << a[i].stretch.value << ", expected " << b[i].start.value
                      << " .. " << b[i].end.value << " stretch " << b[i].stretch.value;
        if (++differences == 10) return;
      }
    }
  }
}

}  // namespace braid::test
