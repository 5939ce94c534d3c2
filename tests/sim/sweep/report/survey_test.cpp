// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/survey.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using test::not_played;
using test::refined;
using test::screened;
using test::surveyed;
using test::too_big;
using testing::ElementsAre;

constexpr auto kPruned = ConfigurationStatus::pruned;
constexpr auto kFailed = ConfigurationStatus::failed;

TEST(Survey, RanksWhatWasPlayedByUnitsFirst) {
  // 1000 / 1.25 = 800 and 900 / 1 = 900 by units; 950 and 700 only promise; 5000 does not fit.
  const Survey found =
      surveyed({screened(1, 2, "a", 950), refined(screened(1, 4, "a", 1000), 1.25), screened(1, 8, "a", 700),
                refined(screened(2, 2, "a", 900), 1), too_big(screened(2, 4, "a", 5000))});
  EXPECT_THAT(found.ranking, ElementsAre(3, 1, 0, 2));
  EXPECT_EQ(found.promising, 1u);  // 950 > 900
  EXPECT_EQ(found.refined, 2u);
  // Screening put the row of 1000 first.
  EXPECT_THAT(found.screened_place, ElementsAre(0, 1, 0, 2, 0));
}

TEST(Survey, ComparesLikeWithLike) {
  const Survey mixed = surveyed({screened(1, 2, "a", 950), refined(screened(1, 4, "a", 1000), 1.25)});
  EXPECT_TRUE(mixed.as_screened);
  EXPECT_THAT(mixed.speed, ElementsAre(950, 1000));
  const Survey units = surveyed({refined(screened(1, 2, "a", 950), 1.25), refined(screened(1, 4, "a", 1000), 1.25)});
  EXPECT_FALSE(units.as_screened);
  EXPECT_THAT(units.speed, ElementsAre(760, 800));  // divided by 1.25
}

TEST(Survey, CountsARowThatWasNeverScreened) {
  Configuration never = refined(screened(1, 4, "a", 1000), 1);
  never.screened_step_time_s = 0;
  const Survey found = surveyed({screened(1, 2, "a", 950), never});
  EXPECT_THAT(found.speed, ElementsAre(950, 0));
  EXPECT_EQ(found.unscreened, 1u);
  EXPECT_EQ(found.refined, 0u);
}

TEST(Survey, CountsReasonsThatDifferOnlyInNumbersAsOne) {
  const Survey found = surveyed({not_played(1, 1, "a", kPruned, "needs 81.5 GB of 80 GB"),
                                 not_played(1, 2, "a", kPruned, "heads do not divide"),
                                 not_played(1, 4, "a", kPruned, "needs 1,093 GB of 80 GB"),
                                 not_played(1, 8, "a", kFailed, "took longer than 60 s"), screened(2, 2, "a", 1)});
  ASSERT_EQ(found.pruned_because.size(), 2u);
  EXPECT_EQ(found.pruned_because[0].reason, "needs 81.5 GB of 80 GB");
  EXPECT_EQ(found.pruned_because[0].count, 2u);
  EXPECT_EQ(found.pruned_because[1].count, 1u);
  ASSERT_EQ(found.failed_because.size(), 1u);
  EXPECT_EQ(found.pruned, 3u);
  EXPECT_EQ(found.failed, 1u);
  EXPECT_EQ(found.fitting, 1u);
}

TEST(Survey, LeavesOutWhatIsNoLongerInTheSweep) {
  Configuration gone = screened(1, 2, "b", 5000);
  gone.point = -1;
  const Survey found = surveyed({gone, screened(1, 4, "a", 700)});
  EXPECT_EQ(found.rows.size(), 1u);
  EXPECT_EQ(found.left_behind, 1u);
  EXPECT_THAT(found.runs, ElementsAre("a"));
}

TEST(Survey, WhatWasScreenedByUnitsIsNotRefined) {
  Configuration by_units = screened(1, 2, "a", 500);
  by_units.grain = "unit";
  const Survey found = surveyed({by_units, screened(1, 4, "a", 700)});
  EXPECT_FALSE(found.as_screened);
  EXPECT_EQ(found.refined, 0u);
  EXPECT_THAT(found.ranking, ElementsAre(1, 0));
}

TEST(ShortNumber, HasThreeDigits) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.25), "0.25");
  EXPECT_EQ(short_number(999), "999");
  EXPECT_EQ(short_number(999.6), "1 k");
  EXPECT_EQ(short_number(1234), "1.23 k");
  EXPECT_EQ(short_number(45600), "45.6 k");
  EXPECT_EQ(short_number(151234), "151 k");
  EXPECT_EQ(short_number(999600), "1 M");
}

TEST(CostOfMillionTokens, IsThatOfAStepByItsTokens) {
  Configuration row = screened(1, 1, "a", 2000);  // 2000 tokens a step
  EXPECT_EQ(cost_of_million_tokens(row), 0);
  row.cost_per_step = 0.01;
  EXPECT_DOUBLE_EQ(cost_of_million_tokens(row), 5);  // 0.01 / 2000 * 1e6
}

}  // namespace
}  // namespace braid
