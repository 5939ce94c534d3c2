// SPDX-License-Identifier: Apache-2.0
#include "gui/model/scatter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace braid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Configuration made(double step, double memory, bool fits = true) {
  return {.run = "stp",
          .tp = 4,
          .step_time_s = step,
          .tokens_per_s = 100 / step,
          .peak_memory_bytes = memory,
          .fits = fits,
          .gpus = 8};
}

TEST(Scatter, LeavesOutWhatHasNoValue) {
  std::vector<Configuration> all{made(1, 10), made(2, 20), made(3, 30)};
  all[1].status = ConfigurationStatus::failed;
  all[2].peak_memory_bytes = std::numeric_limits<double>::quiet_NaN();
  const auto points = scatter(all, SweepAxis::step_time, SweepAxis::peak_memory);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].configuration, 0u);
  EXPECT_THAT(scatter(all, SweepAxis::step_time, SweepAxis::cost), IsEmpty());  // no price is known
}

TEST(Pareto, HasWhatNothingElseBeats) {
  // (2, 20) is beaten by (2, 10); (5, 50) by all; (4, 5) has the least memory; (0.5, 90) does not fit.
  const auto points = scatter({made(2, 20), made(2, 10), made(1, 30), made(5, 50), made(4, 5), made(0.5, 90, false)},
                              SweepAxis::step_time, SweepAxis::peak_memory);
  EXPECT_THAT(pareto_front(points, SweepAxis::step_time, SweepAxis::peak_memory), ElementsAre(2, 1, 4));
}

TEST(Pareto, KnowsWhichWayIsBetter) {
  // tokens/s are 50, 100, 25 and memory 10, 30, 40: more tokens for less memory; 25 at 40 is beaten by both.
  const auto points = scatter({made(2, 10), made(1, 30), made(4, 40)}, SweepAxis::tokens_per_s, SweepAxis::peak_memory);
  EXPECT_THAT(pareto_front(points, SweepAxis::tokens_per_s, SweepAxis::peak_memory), ElementsAre(0, 1));
}

TEST(Pareto, OfEqualPointsTheFirst) {
  const auto points = scatter({made(1, 10), made(1, 10)}, SweepAxis::step_time, SweepAxis::peak_memory);
  EXPECT_THAT(pareto_front(points, SweepAxis::step_time, SweepAxis::peak_memory), ElementsAre(0));
}

TEST(Pareto, AgreesWithTheDefinition) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> value(1, 12);  // few values, so that there are ties
  for (int round = 0; round < 50; ++round) {
    std::vector<Configuration> all;
    for (int i = 0; i < 30; ++i) all.push_back(made(value(random), value(random), value(random) > 2));
    const auto points = scatter(all, SweepAxis::step_time, SweepAxis::peak_memory);
    std::vector<bool> on_front(points.size());
    for (const std::size_t i : pareto_front(points, SweepAxis::step_time, SweepAxis::peak_memory)) on_front[i] = true;
    for (std::size_t i = 0; i < points.size(); ++i) {
      bool beaten = !points[i].fits;
      for (std::size_t j = 0; j < points.size(); ++j) {
        if (!points[j].fits || points[j].x > points[i].x || points[j].y > points[i].y) continue;
        const bool equal = points[j].x == points[i].x && points[j].y == points[i].y;
        beaten = beaten || !equal || j < i;
      }
      EXPECT_EQ(on_front[i], !beaten) << "point " << i << " of round " << round;
    }
  }
}

TEST(ScatterMap, ShowsEveryPointAndPutsMoreAbove) {
  const auto points = scatter({made(10, 100), made(11, 130)}, SweepAxis::step_time, SweepAxis::peak_memory);
  const ScatterMap map = scatter_map(points, 200, 100);
  for (const ScatterPoint& p : points) {
    EXPECT_GT(map.x(p.x), 0);
    EXPECT_LT(map.x(p.x), 200);
    EXPECT_GT(map.y(p.y), 0);
    EXPECT_LT(map.y(p.y), 100);
  }
  EXPECT_LT(map.y(130), map.y(100));
  EXPECT_EQ(scatter_map(scatter({made(1, 10), made(9, 90)}, SweepAxis::step_time, SweepAxis::peak_memory), 9, 9).x_low,
            0);
}

TEST(ScatterMap, OnePointIsInTheMiddle) {
  const auto points = scatter({made(4, 0)}, SweepAxis::step_time, SweepAxis::peak_memory);
  const ScatterMap map = scatter_map(points, 200, 100);
  EXPECT_DOUBLE_EQ(map.x(4), 100);
  EXPECT_DOUBLE_EQ(map.y(0), 50);
}

TEST(ScatterMap, FindsThePointUnderTheCursor) {
  const auto points = scatter({made(0.1, 10), made(10, 90)}, SweepAxis::step_time, SweepAxis::peak_memory);
  const ScatterMap map = scatter_map(points, 200, 100);
  EXPECT_EQ(nearest_point(points, map, map.x(10) + 3, map.y(90) - 4), 1u);  // 5 pixels away
  EXPECT_EQ(nearest_point(points, map, map.x(10) + 6, map.y(90) - 6), std::nullopt);
  EXPECT_EQ(nearest_point({}, map, 0, 0), std::nullopt);
}

TEST(RoundTicks, AreRoundAndNoMoreThanAsked) {
  EXPECT_THAT(round_ticks(0, 10, 5), ElementsAre(0, 5, 10));  // steps of 2 would be six
  EXPECT_THAT(round_ticks(0, 10, 6), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(round_ticks(0.3, 1.1, 4), ElementsAre(0.5, 1.0));
  EXPECT_THAT(round_ticks(1, 1, 4), IsEmpty());
}

TEST(SweepTexts, HaveUnits) {
  EXPECT_EQ(value_text(1.25, SweepAxis::step_time, ""), "1.25 s");
  EXPECT_EQ(value_text(6.1e10, SweepAxis::peak_memory, ""), "61 GB");
  EXPECT_EQ(value_text(0.5, SweepAxis::cost, "USD"), "0.5 USD");
  EXPECT_EQ(value_text(2.5e6, SweepAxis::tokens_per_s, ""), "2.5 M");
  EXPECT_EQ(colour_group(made(1, 1), SweepColour::tp), "TP 4");
  EXPECT_EQ(colour_group(made(1, 1), SweepColour::schedule), "stp");
}

}  // namespace
}  // namespace braid
