// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/scatter_svg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/sweep/report/thinned_marks.hpp"
#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using test::count;
using test::refined;
using test::screened;
using test::surveyed;
using test::too_big;
using testing::ElementsAre;
using testing::HasSubstr;

ScatterInput over_memory(const Survey& survey, std::size_t most = 2500) {
  return {.x_title = "memory, GB",
          .y_title = "tokens/s",
          .x = [&survey](std::size_t row) { return survey.rows[row].peak_memory_bytes / test::kGb; },
          .most_marks = most};
}

TEST(Scatter, PutsAPointWhereItsValuesAre) {
  // x: 0 .. 100 GB and 5 % of it is 1096 wide from 84 on; y: 0 .. 300 and 5 % is 430 high from 34 on.
  const Survey found = surveyed({screened(1, 1, "a", 100, 40), screened(1, 2, "a", 300, 100)});
  const std::string svg = scatter_svg(found, over_memory(found)).svg;
  EXPECT_THAT(svg, HasSubstr("<circle cx=\"501.5\" cy=\"327.5\""));  // 84 + 1096 * 40/105; 34 + 430 * (1 - 100/315)
  EXPECT_THAT(svg, HasSubstr("<circle cx=\"1127.8\" cy=\"54.5\""));  // 84 + 1096 * 100/105; 34 + 430 * (1 - 300/315)
  EXPECT_THAT(svg, HasSubstr(">memory, GB</text>"));
  EXPECT_THAT(svg, HasSubstr(">tokens/s</text>"));
}

TEST(Scatter, HasTheFrontOfWhatFits) {
  // Row 1 needs more and is slower than row 0; row 3 would be on the front, but does not fit.
  const Survey found = surveyed({screened(1, 1, "a", 100, 10), screened(1, 2, "a", 90, 20),
                                 screened(1, 4, "b", 300, 40), too_big(screened(1, 8, "b", 900, 90))});
  const Scatter scatter = scatter_svg(found, over_memory(found));
  EXPECT_THAT(scatter.front, ElementsAre(0, 2));
  EXPECT_EQ(scatter.drawn, 4u);
  EXPECT_EQ(count(scatter.svg, "hollow"), 1u);
  EXPECT_EQ(count(scatter.svg, "class=\"ring\""), 0u);
}

TEST(Scatter, RingsWhatWasRefined) {
  const Survey found = surveyed({screened(1, 1, "a", 100, 10), refined(screened(1, 2, "a", 90, 20), 1.1)});
  EXPECT_EQ(count(scatter_svg(found, over_memory(found)).svg, "class=\"ring\""), 1u);
}

TEST(Scatter, ThinsButKeepsTheFront) {
  std::vector<Configuration> rows;
  // A front of 300 points, and 10,000 below it.
  for (int i = 0; i < 300; ++i) rows.push_back(screened(1, 1, "a", 1000 + i, 1 + 0.1 * i));
  for (int i = 0; i < 10000; ++i) rows.push_back(screened(1, 1, "b", 100 + i % 500, 35 + 0.004 * i));
  const Survey found = surveyed(std::move(rows));
  const Scatter scatter = scatter_svg(found, over_memory(found, 400));
  EXPECT_EQ(scatter.points, 10300u);
  EXPECT_EQ(scatter.front.size(), 300u);
  EXPECT_LE(scatter.drawn, 700u);
  EXPECT_GE(scatter.drawn, 400u);
  EXPECT_EQ(count(scatter.svg, "<title>"), scatter.drawn);
  EXPECT_EQ(count(scatter.svg, "class=\"mark s0\""), 300u);
}

TEST(Scatter, OfNothingIsNothing) {
  const Survey found = surveyed({test::not_played(1, 1, "a", ConfigurationStatus::failed, "no")});
  EXPECT_EQ(scatter_svg(found, over_memory(found)).svg, "");
}

TEST(ThinnedMarks, KeepsOneOfASquareAndGroup) {
  const std::vector<MarkPlace> marks{{.x = 0, .y = 0},
                                     {.x = 0.1, .y = 0.1},
                                     {.x = 0.1, .y = 0.1, .group = 1},
                                     {.x = 0.2, .y = 0, .always = true},
                                     {.x = 50, .y = 50}};
  // Three besides the one that is always drawn: first squares of 1 px do.
  const ThinnedMarks thinned = thinned_marks(marks, 3);
  EXPECT_THAT(thinned.drawn, ElementsAre(0, 2, 3, 4));
  EXPECT_EQ(thinned.apart, 1);
  EXPECT_THAT(thinned_marks(marks, 4).drawn, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(thinned_marks(marks, 4).apart, 0);
}

}  // namespace
}  // namespace braid
