// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/sweep/report/against.hpp"
#include "tests/sim/sweep/report/rows.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::complaint;
using test::screened;
using test::surveyed;
using testing::HasSubstr;

TEST(SweepReportErrors, AnEmptyStore) {
  EXPECT_EQ(complaint([] { survey({}, "", "a.db"); }), "a.db: holds no configuration yet; fill it with `braid sweep`");
}

TEST(SweepReportErrors, AChoiceThatIsNone) {
  Configuration row = screened(1, 1, "a", 1);
  row.id = 7;
  for (const char* choice : {"{", "[1]", "8"}) {
    row.choice = choice;
    EXPECT_THAT(complaint([&] { surveyed({row}); }), HasSubstr("a.db: configuration 7")) << choice;
  }
}

TEST(SweepReportErrors, StoresWithNothingInCommon) {
  const Survey here = surveyed({screened(1, 1, "a", 1)}), there = surveyed({screened(1, 2, "a", 1)});
  EXPECT_EQ(complaint([&] { compare_stores(here, there, "a.db", "b.db"); }),
            "a.db: has no configuration in common with b.db, neither by choice nor by hash; sweep the same fields in "
            "both");
}

}  // namespace
}  // namespace braid
