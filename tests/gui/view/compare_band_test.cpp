// SPDX-License-Identifier: Apache-2.0
#include "gui/view/compare_band.hpp"

#include <gtest/gtest.h>

#include <QImage>

#include "gui/paint/compare_painter.hpp"
#include "tests/gui/small_run.hpp"

namespace braid {
namespace {

std::shared_ptr<const Trace> busy(const char* name, std::int64_t begin, std::int64_t end) {
  SmallRun run;
  run.rank({.rank = 0, .pp = 0, .tp = 0, .dp = 0});
  run.row(RowKind::lane, Lane::compute,
          {{0, begin, Category::idle_warm_up}, {begin, end, Category::forward}, {end, 400, Category::idle_drain}});
  return std::make_shared<Trace>(run.columns(), name);
}

TEST(PaintCompareBand, IsAsHighAsTheDifferenceOnTheSideOfWhoIsBusier) {
  const Theme look = theme(PaletteKind::colour_blind_safe, Light::day);
  QImage image(3, 40, QImage::Format_RGB32);
  image.fill(Qt::red);
  QPainter painter(&image);
  paint_compare_band(painter, {{1.0f, 0.25f, 0.5f}, {0.0f, 0.75f, 0.5f}}, look, QRectF(0, 0, 3, 40));
  painter.end();
  // The middle is at 20, quarters are 10 high: 1 - 0 = 1 goes up all 10 of its half, 0.25 - 0.75 = -0.5 down 5.
  EXPECT_EQ(image.pixelColor(0, 11), busier_colour(look, true));
  EXPECT_EQ(image.pixelColor(0, 19), busier_colour(look, true));
  EXPECT_EQ(image.pixelColor(0, 22), look.background);
  EXPECT_EQ(image.pixelColor(1, 22), busier_colour(look, false));
  EXPECT_EQ(image.pixelColor(1, 24), busier_colour(look, false));
  EXPECT_EQ(image.pixelColor(1, 26), look.background);
  EXPECT_EQ(image.pixelColor(2, 15), look.background);  // equally busy
  EXPECT_EQ(image.pixelColor(2, 25), look.background);
}

TEST(CompareBand, TellsWhoIsBusierAtAPixel) {
  ViewState state;
  CompareBand band(&state);
  band.resize(kLabelColumn + 4, 52);
  EXPECT_TRUE(band.text_at(kLabelColumn + 1).isEmpty());  // nothing to compare
  state.show({busy("first", 0, 150), busy("second", 100, 400)});
  // Four pixels of 100 ns: the first is busy in 1, 1/2, 0, 0, the second in 0, 1, 1, 1.
  EXPECT_EQ(band.text_at(kLabelColumn + 0.5), QStringLiteral("first: 100 % busy, second: 0 %, 100 points more"));
  EXPECT_EQ(band.text_at(kLabelColumn + 1.5), QStringLiteral("first: 50 % busy, second: 100 %, 50 points less"));
  EXPECT_TRUE(band.text_at(kLabelColumn - 1).isEmpty());
  state.shift(1, -100);
  EXPECT_EQ(band.text_at(kLabelColumn + 0.5), QStringLiteral("first: 100 % busy, second: 100 %, 0 points more"));
}

TEST(CompareBand, HoldsTheThirdRunAgainstTheFirst) {
  ViewState state;
  CompareBand band(&state, nullptr, 2);
  band.resize(kLabelColumn + 4, 52);
  state.show({busy("a", 0, 400), busy("b", 0, 400)});
  EXPECT_TRUE(band.text_at(kLabelColumn).isEmpty());
  EXPECT_FALSE(band.grab().isNull());
  state.show({busy("a", 0, 400), busy("b", 0, 400), busy("c", 200, 400)});
  EXPECT_EQ(band.text_at(kLabelColumn + 0.5), QStringLiteral("a: 100 % busy, c: 0 %, 100 points more"));
  EXPECT_FALSE(band.grab().isNull());
}

}  // namespace
}  // namespace braid
