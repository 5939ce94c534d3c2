// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/against.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/report/rows.hpp"
#include "tests/validate/complaint.hpp"

namespace braid {
namespace {

using test::not_played;
using test::screened;
using test::surveyed;
using test::too_big;
using testing::HasSubstr;

TEST(Against, JoinsByChoice) {
  Configuration other_hash = screened(1, 2, "a", 100);
  other_hash.hash = "of another cluster";
  const Survey there = surveyed({other_hash, screened(1, 4, "a", 200), screened(1, 8, "a", 50)});
  const Survey here = surveyed(
      {screened(1, 4, "a", 100), screened(1, 2, "a", 150), not_played(1, 16, "a", ConfigurationStatus::pruned, "no")});
  const StoreComparison found = compare_stores(here, there, "here", "there");
  EXPECT_TRUE(found.by_choice);
  EXPECT_EQ(found.common, 2u);
  EXPECT_EQ(found.only_here, 1u);
  EXPECT_EQ(found.only_there, 1u);
  ASSERT_EQ(found.pairs.size(), 2u);
  EXPECT_DOUBLE_EQ(found.pairs[0].ratio, 0.5);  // 100 / 200
  EXPECT_DOUBLE_EQ(found.pairs[1].ratio, 1.5);  // 150 / 100
  // 200 was the best there; here it is second.
  EXPECT_FALSE(found.same_best);
  EXPECT_EQ(found.best_here, 1u);
  EXPECT_EQ(found.best_there, 1u);
  EXPECT_EQ(found.place_of_best_there, 2u);
}

TEST(Against, JoinsByHashWhereNothingWasChosen) {
  Configuration a = screened(1, 2, "a", 100), b = screened(1, 2, "a", 110);
  a.choice = b.choice = "";
  const StoreComparison found = compare_stores(surveyed({a}), surveyed({b}), "here", "there");
  EXPECT_FALSE(found.by_choice);
  EXPECT_EQ(found.common, 1u);
  EXPECT_TRUE(found.same_best);
}

TEST(Against, SaysWhatIsPlayedOrFitsInOneAlone) {
  const auto failed = [](int tp) { return not_played(tp, 1, "a", ConfigurationStatus::failed, "no"); };
  const Survey here = surveyed({failed(1), screened(2, 1, "a", 1), too_big(screened(4, 1, "a", 1)), failed(8)});
  const Survey there =
      surveyed({screened(1, 1, "a", 1), failed(2), test::refined(screened(4, 1, "a", 1), 2), failed(8)});
  const StoreComparison found = compare_stores(here, there, "here", "there");
  EXPECT_EQ(found.played_here_alone, 1u);
  EXPECT_EQ(found.played_there_alone, 1u);
  EXPECT_EQ(found.fits_there_alone, 1u);
  EXPECT_EQ(found.fits_here_alone, 0u);
  EXPECT_EQ(found.other_ways, 1u);
  EXPECT_DOUBLE_EQ(found.median, 2);  // 1 / (1 / 2)
}

TEST(Against, HasQuantiles) {
  std::vector<Configuration> here, there;
  for (int i = 1; i <= 101; ++i) {
    here.push_back(screened(i, 1, "a", 100.0 * i));
    there.push_back(screened(i, 1, "a", 100.0));
  }
  const StoreComparison found = compare_stores(surveyed(here), surveyed(there), "here", "there");
  EXPECT_DOUBLE_EQ(found.median, 51);
  EXPECT_DOUBLE_EQ(found.p5, 6);  // the 5th of 100 steps from 1
  EXPECT_DOUBLE_EQ(found.p95, 96);
}

TEST(Against, DrawsEveryPairAndEscapesNames) {
  const Survey here = surveyed({screened(1, 1, "a", 150), screened(1, 2, "a", 100)});
  const Survey there = surveyed({screened(1, 1, "a", 100), screened(1, 2, "a", 100)});
  const std::string html = against_html(compare_stores(here, there, "here", "<b>"), here, there);
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(html, testing::Not(HasSubstr("<b>a")));
  EXPECT_EQ(test::count(html, "class=\"bin\""), 2u);
  EXPECT_THAT(html, HasSubstr("+50.00 %"));
}

}  // namespace
}  // namespace braid
