// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/tornado_svg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using testing::HasSubstr;

const std::vector<Sensitivity> kTwo{{"latency", "half", "double", 1.02, 0.98},
                                    {"bandwidth", "half", "double", 0.8, 1.1}};

TEST(Tornado, PutsTheLongestFirst) {
  const std::string svg = tornado_svg(kTwo);
  EXPECT_LT(svg.find(">bandwidth</text>"), svg.find(">latency</text>"));
  EXPECT_THAT(svg, HasSubstr(">half: -20.0 %</text>"));
  EXPECT_THAT(svg, HasSubstr(">double: +10.0 %</text>"));
}

TEST(Tornado, DrawsABarOfItsChange) {
  // -20 .. 10 % with 12 % of it, 3.6, at each side and 5 % of that, 1.86, again: 40.92 % on 610 from 420 on.
  // -20 % is 298.15 wide and ends at 0, which is (23.6 + 1.86) / 40.92 of the way.
  EXPECT_THAT(tornado_svg(kTwo),
              HasSubstr("<rect class=\"less\" x=\"501.39\" y=\"30\" width=\"298.14\" height=\"22\">"));
}

TEST(Tornado, LeavesOutWhatCannotBePlayed) {
  EXPECT_EQ(tornado_svg({}), "");
  EXPECT_EQ(tornado_svg({{"x", "half", "double", std::nullopt, std::nullopt}}), "");
  EXPECT_EQ(test::count(tornado_svg({{"x", "half", "double", std::nullopt, 1.5}}), "<rect"), 1u);
}

}  // namespace
}  // namespace braid
