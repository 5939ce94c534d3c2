// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/lines_svg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/sweep/report/rows.hpp"

namespace braid {
namespace {

using test::count;
using test::screened;
using test::surveyed;
using test::too_big;
using test::with_choice;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Configuration at(const std::string& bandwidth, const std::string& run, double speed) {
  return with_choice(screened(1, 1, run, speed), R"({"cluster.nic_bandwidth":")" + bandwidth +
                                                     R"(","plan.tp":1,"plan.recompute":"none","run":")" + run + "\"}");
}

TEST(Lines, TakeTheBestOfEachValueInOrderOfItsSize) {
  const Survey found =
      surveyed({at("400 Gbit/s", "a", 50), at("1 Tbit/s", "a", 70), at("100 Gbit/s", "a", 20),
                at("100 Gbit/s", "a", 30), at("100 Gbit/s", "b", 90), too_big(at("400 Gbit/s", "a", 999))});
  const std::vector<LinePoint> line = best_over(found, found.fields[0], 0);
  ASSERT_EQ(line.size(), 3u);
  EXPECT_THAT((std::vector<std::size_t>{line[0].row, line[1].row, line[2].row}), ElementsAre(3, 0, 1));
  EXPECT_THAT(fields_to_draw(found), ElementsAre(0));  // nothing else has two values
}

TEST(Lines, LeaveOutDerivedFieldsAndThoseOfOneRun) {
  const auto of = [](int chunks, const char* run) {
    return with_choice(screened(1, 1, run, 10 * chunks),
                       fmt::format(R"({{"plan.dp":{0},"run.0.chunks":{0},"run":"{1}"}})", chunks, run));
  };
  const Survey two = surveyed({of(1, "a"), of(2, "a"), of(1, "b")});
  EXPECT_THAT(fields_to_draw(two), ElementsAre(0));
  EXPECT_THAT(fields_to_draw(two, {"plan.dp"}), ElementsAre());
  EXPECT_THAT(fields_to_draw(surveyed({of(1, "a"), of(2, "a")}), {"plan.dp"}), ElementsAre(1));
}

TEST(Lines, StandWhereTheirValuesAre) {
  // 100 to 800 Gbit/s is a factor of 8: logarithmic with 5 % of the decades at each side, 510 wide from 70 on; 400 is
  // two thirds of the way: (0.05 + 2/3) / 1.1 of it.
  const Survey found = surveyed({at("100 Gbit/s", "a", 1), at("400 Gbit/s", "a", 2), at("800 Gbit/s", "a", 4)});
  const std::string svg = lines_svg(found, found.fields[0], {0});
  EXPECT_THAT(svg, HasSubstr("cx=\"402.3\""));
  EXPECT_THAT(svg, HasSubstr("cluster.nic_bandwidth (logarithmic)"));
  EXPECT_THAT(svg, HasSubstr(">400 Gbit/s</text>"));
  EXPECT_EQ(count(svg, "class=\"line s0\""), 1u);
}

TEST(Lines, DoNotJoinTexts) {
  const Survey found = surveyed({with_choice(screened(1, 1, "a", 1), R"({"plan.recompute":"none","run":"a"})"),
                                 with_choice(screened(1, 1, "a", 2), R"({"plan.recompute":"full","run":"a"})")});
  const std::string svg = lines_svg(found, found.fields[0], {0});
  EXPECT_THAT(svg, Not(HasSubstr("class=\"line")));
  EXPECT_THAT(svg, HasSubstr(">none</text>"));
  EXPECT_EQ(count(svg, "<circle"), 2u);
}

}  // namespace
}  // namespace braid
