// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/heat_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using test::count;
using test::not_played;
using test::screened;
using test::surveyed;
using test::too_big;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kPruned = ConfigurationStatus::pruned;
constexpr auto kFailed = ConfigurationStatus::failed;

std::vector<Configuration> mixed() {
  return {screened(1, 2, "a", 100),
          screened(1, 2, "a", 300),  // the best of its cell
          too_big(screened(1, 2, "a", 900, 90)),
          too_big(screened(1, 4, "a", 500, 95)),
          too_big(screened(1, 4, "a", 400, 85)),  // the smallest of its cell
          not_played(2, 2, "a", kPruned, "heads do not divide"),
          not_played(2, 4, "a", kPruned, "no"),
          not_played(2, 4, "a", kFailed, "took longer than 60 s"),
          screened(4, 2, "b", 200)};
}

TEST(HeatMap, HoldsTheBestOrTheReason) {
  const Survey found = surveyed(mixed());
  const HeatMap map = heat_map(found, 0);
  EXPECT_THAT(map.tp, ElementsAre(1, 2, 4));
  EXPECT_THAT(map.pp, ElementsAre(2, 4));
  EXPECT_EQ(map.cells[0][0].state, CellState::best);
  EXPECT_EQ(map.cells[0][0].row, 1u);
  EXPECT_EQ(map.cells[0][0].count, 3u);
  EXPECT_EQ(map.cells[0][1].state, CellState::not_fitting);
  EXPECT_EQ(map.cells[0][1].row, 4u);
  EXPECT_EQ(map.cells[1][0].state, CellState::pruned);
  EXPECT_EQ(map.cells[1][1].state, CellState::failed);
  EXPECT_EQ(map.cells[2][0].state, CellState::none);
  EXPECT_EQ(heat_map(found, 1).cells[2][0].state, CellState::best);
}

TEST(HeatMap, SaysInEachCellWhatIsThere) {
  const std::string svg = heat_maps_svg(surveyed(mixed()), {0, 1});
  for (const char* text : {">300</text>", ">85.0 GB</text>", ">pruned</text>", ">failed</text>", ">200</text>"})
    EXPECT_EQ(count(svg, text), 1u) << text;
  EXPECT_THAT(svg, HasSubstr("heads do not divide"));
  EXPECT_THAT(svg, HasSubstr("took longer than 60 s"));
  EXPECT_THAT(svg, HasSubstr("TP 1 x PP 2: 3 configurations, the best:"));
}

TEST(HeatMap, ColoursAllMapsToOneScale) {
  const std::string svg = heat_maps_svg(surveyed(mixed()), {0, 1});
  // 300 is the top of cividis and 200, the lowest of all best ones, its bottom. The first cell is at (64, 40).
  EXPECT_THAT(svg, HasSubstr("x=\"64\" y=\"40\" width=\"72\" height=\"34\" fill=\"#ffea46\""));
  EXPECT_THAT(svg, HasSubstr("x=\"64\" y=\"112\" width=\"72\" height=\"34\" fill=\"#00204d\""));  // 40 + 2 * 36
}

}  // namespace
}  // namespace braid
