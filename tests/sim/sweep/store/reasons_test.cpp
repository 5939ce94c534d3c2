// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/store/reasons.hpp"

#include <gtest/gtest.h>

namespace braid {
namespace {

Configuration pruned(const std::string& reason, std::int64_t point = 0) {
  return {.point = point, .status = ConfigurationStatus::pruned, .reason = reason};
}

TEST(Reasons, AreOneWhereOnlyNumbersDiffer) {
  EXPECT_EQ(kind_of_reason("needs 81.5 GB, rank 3"), kind_of_reason("needs 9,300 GB, rank 12"));
  EXPECT_NE(kind_of_reason("needs 81.5 GB"), kind_of_reason("needs 81.5 s"));
}

TEST(Reasons, AreCountedByKindMostFrequentFirst) {
  // Two of the three need other numbers of the same kind; the last row is no longer in the sweep.
  const auto counts = count_reasons({pruned("heads do not divide"),
                                     pruned("needs 81.5 GB"),
                                     pruned("needs 93 GB"),
                                     {.status = ConfigurationStatus::failed, .reason = "took too long"},
                                     pruned("heads do not divide", -1)},
                                    ConfigurationStatus::pruned);
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].count, 2u);
  EXPECT_EQ(to_text(counts[0]), "needs 81.5 GB (or other numbers)");
  EXPECT_EQ(counts[1].count, 1u);
  EXPECT_EQ(to_text(counts[1]), "heads do not divide");
}

}  // namespace
}  // namespace braid
