// SPDX-License-Identifier: Apache-2.0
// What lies around and over the body: ticks, legend, minimap, outlines, arrows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/paint/scene_geometry.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/paint/scenes.hpp"

namespace braid {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Ticks, AreAtRoundTimes) {
  EXPECT_EQ(tick_step(1, 100), 100);
  EXPECT_EQ(tick_step(1, 101), 200);
  EXPECT_EQ(tick_step(1, 201), 500);
  EXPECT_EQ(tick_step(1, 501), 1000);
  EXPECT_EQ(tick_step(1e6, 100), 100'000'000);
  EXPECT_EQ(tick_step(0.001, 100), 1);  // a tenth of a nanosecond is no time
  EXPECT_EQ(first_tick(0, 0, 10), 0);
  EXPECT_EQ(first_tick(1, 0, 10), 10);
  EXPECT_EQ(first_tick(-1, 0, 10), 0);
  EXPECT_EQ(first_tick(-10, 0, 10), -10);
  EXPECT_EQ(first_tick(-14, 3, 10), -7);
}

TEST(Geometry, AMoveByWholePixelsIsAMoveOfTheGrid) {
  Scene scene = bare_scene(made_run({}), {777, 100}, 10);
  const double step = static_cast<double>(scene.range.length()) / 777;
  const PixelGrid grid = grid_of(scene);
  for (const int pixels : {1, 13, 400, -99}) {
    Scene moved = scene;
    const auto ns = std::llround(pixels * step);
    moved.range = {scene.range.begin + ns, scene.range.end + ns};
    EXPECT_EQ(grid_of(moved), (PixelGrid{grid.zero, grid.step, grid.first + pixels}));
  }
  // Where a pixel is a few nanoseconds it begins where the range says.
  scene.range = {1001, 1001 + 777};
  EXPECT_EQ(grid_of(scene).x(1001), 0);
}

TEST(Geometry, RowsUnderAPointAreThoseThatAreDrawnThere) {
  Scene scene = bare_scene(run_of_rows({{{0, 10}}, {{0, 10}}, {{0, 10}}}), {20, 45}, 20);
  scene.rows[0].pinned = true;
  scene.scroll = 5;
  EXPECT_EQ(row_at_point(scene, 19), 0u);
  EXPECT_EQ(row_at_point(scene, 20), 1u);  // 25 of all rows
  EXPECT_EQ(row_at_point(scene, 35), 2u);  // 40
  EXPECT_EQ(row_at_point(scene, 46), scene.rows.size());
  EXPECT_EQ(row_at_point(scene, -1), scene.rows.size());
}

TEST(Flows, AreOfTheSelectedSpanAlone) {
  RunColumns run = run_of({{0, 10}, {10, 20}, {20, 30, Category::idle_tp}, {30, 40}});
  // 1 waits for 0; 3 for 0 and 1; the idle piece says that 3 waited for 1.
  run.dep_begin = {0, 0, 1, 3, 5};
  run.deps = {0, 3, 1, 0, 1};
  const Trace trace(std::move(run), "");
  EXPECT_THAT(flows_of(trace, 1), ElementsAre(Pair(0, 1), Pair(1, 3)));  // not to the idle piece
  EXPECT_THAT(flows_of(trace, 3), ElementsAre(Pair(0, 3), Pair(1, 3)));
  EXPECT_THAT(flows_of(trace, 2), ElementsAre(Pair(1, 3)));
  EXPECT_THAT(flows_of(trace, kNoIndex), IsEmpty());
}

TEST(Flows, AreAtMostSixtyFour) {
  std::vector<Piece> pieces;
  for (std::int64_t i = 0; i < 200; ++i) pieces.push_back({10 * i, 10 * i + 10});
  RunColumns run = run_of(pieces);
  run.dep_begin = {0};
  for (std::uint32_t i = 0; i < 200; ++i) {
    if (i > 0) run.deps.push_back(0);  // all wait for the first
    run.dep_begin.push_back(static_cast<std::uint32_t>(run.deps.size()));
  }
  EXPECT_EQ(flows_of(Trace(std::move(run), ""), 0).size(), kMostFlows);
}

QRect changed(const QImage& a, const QImage& b) {
  QRect all;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      if (a.pixel(x, y) != b.pixel(x, y)) all |= QRect(x, y, 1, 1);
    }
  }
  return all;
}

class Overlays : public testing::Test {
 protected:
  // 100 ns a pixel, two rows of 22.
  Scene scene = bare_scene(run_of_rows({{{0, 2000}, {2000, 5000}}, {{3000, 9000}}}), {100, 44}, 22);
  TimelinePainter painter;
  QImage bare;
  void SetUp() override {
    scene.range = {0, 10'000};
    bare = painter.picture(scene);
  }
  QRect now() { return changed(bare, painter.picture(scene)); }
};

TEST_F(Overlays, OutlineWhatIsHoveredAndSelected) {
  scene.hover = 1;  // pixels 20..49
  const QRect hovered = now();
  EXPECT_TRUE(QRect(18, 0, 34, 23).contains(hovered)) << hovered.x() << ' ' << hovered.right();
  EXPECT_GE(hovered.width(), 30);
  scene.hover = kNoIndex;
  scene.selected = 2;  // pixels 30..89 of the second row
  EXPECT_TRUE(QRect(27, 20, 66, 24).contains(now()));
  EXPECT_GE(now().width(), 60);
  scene.selected = 999;
  EXPECT_TRUE(now().isEmpty());
}

TEST_F(Overlays, ShadeTheAreaAndDrawTheCursor) {
  scene.area = Area{.range = {1000, 3000}, .first_row = 1, .last_row = 1};
  EXPECT_TRUE(QRect(9, 21, 23, 23).contains(now()));
  EXPECT_GE(now().width(), 20);
  scene.area.reset();
  scene.cursor_x = 33;
  EXPECT_EQ(now(), QRect(33, 0, 1, 44));
}

TEST_F(Overlays, MarkHitsAndTheCriticalPath) {
  scene.hits = {0};
  EXPECT_TRUE(QRect(0, 0, 23, 23).contains(now()));
  scene.hits.clear();
  RunColumns columns = run_of_rows({{{0, 2000}, {2000, 5000}}, {{3000, 9000}}});
  columns.critical = {0, 1, 2};
  scene.trace = std::make_shared<Trace>(std::move(columns), "");
  bare = painter.picture(scene);
  scene.critical_path = true;
  EXPECT_GE(now().width(), 88);  // from the first to the last, in both rows
  EXPECT_GE(now().height(), 35);
}

TEST(Around, RulerLabelsLegendAndMinimapFillTheirPlaces) {
  for (const Light light : {Light::day, Light::night}) {
    Scene scene = bare_scene(made_run({}), {600, 200}, 18);
    scene.theme = theme(PaletteKind::colour_blind_safe, light);
    scene.rows = layout_rows(scene.trace->run(), {.pinned = {scene.rows.front().id}});
    const auto drawn = [&](auto&& paint) {
      QImage image(600, 200, QImage::Format_RGB32);
      image.fill(Qt::magenta);
      QPainter painter(&image);
      paint(painter);
      painter.end();
      std::set<QRgb> colours;
      for (int y = 0; y < 200; ++y) {
        for (int x = 0; x < 600; ++x) {
          const bool outside = x < 10 || x >= 590 || y < 10 || y >= 190;
          EXPECT_EQ(image.pixel(x, y) == QColor(Qt::magenta).rgb(), outside) << x << ',' << y;
          if (testing::Test::HasFailure()) return colours.size();
          colours.insert(image.pixel(x, y));
        }
      }
      return colours.size();
    };
    const QRectF where(10, 10, 580, 180);
    // More than the ground and one line: text is many shades.
    EXPECT_GT(drawn([&](QPainter& p) { paint_ruler(p, scene, where); }), 10u);
    EXPECT_GT(drawn([&](QPainter& p) { paint_legend(p, scene, where); }), 10u);
    EXPECT_GT(drawn([&](QPainter& p) { paint_row_labels(p, scene, where); }), 10u);
    EXPECT_GT(drawn([&](QPainter& p) { paint_minimap(p, scene, where); }), 5u);
  }
}

TEST(Around, ALegendThatIsNarrowIsHigher) {
  const Scene scene = bare_scene(made_run({}), {600, 200}, 18);
  const double wide = legend_height(scene, 2000), narrow = legend_height(scene, 200);
  EXPECT_LT(wide, 30);            // one line
  EXPECT_GT(narrow, 2.5 * wide);  // a line or so for each of seven swatches and the words
}

TEST(Around, TheMinimapFramesWhatIsInView) {
  Scene scene = bare_scene(run_of({{0, 10'000}}), {100, 22}, 22);
  scene.range = {2000, 4000};
  QImage image(100, 20, QImage::Format_RGB32);
  QPainter painter(&image);
  paint_minimap(painter, scene, {0, 0, 100, 20});
  painter.end();
  const QRgb f = colour_of(scene, Category::forward);
  EXPECT_EQ(image.pixel(30, 10), f);
  EXPECT_NE(image.pixel(10, 10), f);  // shaded
  EXPECT_NE(image.pixel(60, 10), f);
  EXPECT_EQ(image.pixel(20, 10), scene.theme.selection.rgb());
}

}  // namespace
}  // namespace braid
