// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/chart_painter.hpp"

#include <gtest/gtest.h>

#include <QElapsedTimer>
#include <QImage>

namespace braid {
namespace {

constexpr int kWidth = 400, kHeight = 108;  // of the plot: a margin of 4 above and below leaves 100 pixels
constexpr int kPlotTop = 4, kPlotBottom = 104;

/// One span from 0 to `until`, so that the run has an extent.
RunColumns run_until(std::int64_t until) {
  RunColumns run;
  run.ranks = {{.rank = 0}};
  run.start = {0};
  run.end = {until};
  run.category = {Category::forward};
  run.rows = {{.rank = 0, .kind = RowKind::lane, .begin = 0, .end = 1}};
  return run;
}

void add_row(RunColumns& run, std::int32_t rank, CounterKind kind, const std::vector<CounterPoint>& points,
             const char* name = "") {
  const std::uint64_t begin = run.points.size();
  run.points.insert(run.points.end(), points.begin(), points.end());
  run.rows.push_back({.rank = rank,
                      .kind = RowKind::counter,
                      .counter = kind,
                      .name = *name == 0 ? kNoIndex : run.add_name(name),
                      .begin = begin,
                      .end = run.points.size()});
}

struct Picture {
  Scene scene;
  std::unique_ptr<ChartData> data;
  QImage image;

  explicit Picture(RunColumns run, TimeRange range = {}) {
    const auto trace = std::make_shared<const Trace>(std::move(run), "");
    scene = {.trace = trace, .range = range.length() > 0 ? range : trace->extent()};
    scene.theme = theme(PaletteKind::colour_blind_safe, Light::day);
    data = std::make_unique<ChartData>(*trace, charts_of(trace->run()).at(0));
    paint();
  }
  void paint() {
    image = QImage(kLabelColumn + kWidth, kHeight, QImage::Format_RGB32);
    QPainter painter(&image);
    paint_chart(painter, scene, *data, QRectF(0, 0, image.width(), image.height()));
  }
  /// How many pixels of a column of the plot have this colour.
  int count(int x, const QColor& colour) const {
    int all = 0;
    for (int y = kPlotTop; y < kPlotBottom; ++y) all += image.pixelColor(kLabelColumn + x, y) == colour;
    return all;
  }
  QColor colour(std::size_t series) const { return series_colour(scene.theme, *data, series); }
};

TEST(ChartPainter, StacksClassesInProportion) {
  // Parameters 30 all the time, activations 0, from 500 on 50: the axis ends at 80 x 1.06, so that of 100 pixels 30
  // are worth 100 x 30 / 84.8 = 35.4 and 50 are worth 59.0. Tick labels cover the first 60 pixels of the width.
  RunColumns run = run_until(1000);
  add_row(run, 0, CounterKind::memory_parameters, {{0, 30}});
  add_row(run, 0, CounterKind::memory_activations, {{0, 0}, {500, 50}});
  const Picture picture(std::move(run));
  EXPECT_NEAR(picture.count(100, picture.colour(0)), 35.4, 1);
  EXPECT_EQ(picture.count(100, picture.colour(1)), 0);
  EXPECT_NEAR(picture.count(300, picture.colour(0)), 35.4, 1);
  EXPECT_NEAR(picture.count(300, picture.colour(1)), 59.0, 1);
}

TEST(ChartPainter, ShowsAPeakOfOnePointAtEveryZoom) {
  // 100,000 points of 1 and one of 10 at 70,007, a nanosecond long. The axis ends at 10.6: a tenth of the height is
  // the usual 1, and the peak reaches 94 pixels up, paler above the 9.4 pixels that are always used.
  RunColumns run = run_until(100'000);
  std::vector<CounterPoint> points;
  for (int i = 0; i < 100'000; ++i) points.push_back({i, i == 70'007 ? 10.0 : 1.0 + 1e-9 * (i % 2)});
  add_row(run, 0, CounterKind::memory_activations, points);
  Picture picture(std::move(run));
  for (const std::int64_t length : {100'000, 30'000, 4'000, 400, 40, 10}) {
    const std::int64_t begin = std::max<std::int64_t>(0, 70'007 - length / 2);
    picture.scene.range = {begin, begin + length};
    picture.paint();
    const int x = static_cast<int>(TimeMap{picture.scene.range, kWidth}.x(70'007));
    const int high = kPlotBottom - 90, usual = kPlotBottom - 5;
    EXPECT_NE(picture.image.pixelColor(kLabelColumn + x, high), picture.scene.theme.background) << length;
    EXPECT_EQ(picture.image.pixelColor(kLabelColumn + x, usual), picture.colour(0)) << length;
    // Not wider than it is: a pixel, or its nanosecond.
    const int wide = std::max(1, static_cast<int>(kWidth / length));
    int painted = 0;
    for (int at = 0; at < kWidth; ++at) {
      painted += picture.image.pixelColor(kLabelColumn + at, high) != picture.scene.theme.background;
    }
    EXPECT_LE(painted, wide + 1) << length;
  }
}

TEST(ChartPainter, ShowsTheMeanOfSharesAndAShadeUpToTheHighest) {
  // Compute every second nanosecond: of 1000 ns on 400 pixels half, so 50 % of the axis that ends at 106 %: 47 pixels;
  // above that a shade up to 100 %, 94 pixels.
  RunColumns run = run_until(1000);
  std::vector<CounterPoint> points;
  for (int i = 0; i < 100'000; ++i) points.push_back({i, i % 2 == 0 ? 1.0 : 0.0});
  run.end = {100'000};
  add_row(run, 0, CounterKind::sm_occupancy, points, "compute");
  const Picture picture(std::move(run));
  EXPECT_NEAR(picture.count(200, picture.colour(0)), 47, 1);
  const QColor shaded = picture.image.pixelColor(kLabelColumn + 200, kPlotBottom - 90);
  EXPECT_NE(shaded, picture.scene.theme.background);
  EXPECT_NE(shaded, picture.colour(0));
  EXPECT_EQ(picture.image.pixelColor(kLabelColumn + 200, kPlotBottom - 98), picture.scene.theme.background);
}

TEST(ChartPainter, DrawsALineAtItsValue) {
  // 0.4 of an axis that ends at 0.8 x 1.06: 47 of 100 pixels up, 1.5 thick.
  RunColumns run = run_until(1000);
  add_row(run, -1, CounterKind::link, {{0, 0.4}, {500, 0.8}}, "NIC");
  const Picture picture(std::move(run));
  const int at = kPlotBottom - 47;
  int first = -1, last = -1;
  for (int y = kPlotTop; y < kPlotBottom; ++y) {
    if (picture.image.pixelColor(kLabelColumn + 100, y) != picture.colour(0)) continue;
    if (first < 0) first = y;
    last = y;
  }
  EXPECT_NEAR(first, at, 1.5);
  EXPECT_NEAR(last, at, 1.5);
}

TEST(ChartPainter, DrawsTheCapacityWhereItIsNear) {
  RunColumns run = run_until(1000);
  run.facts = R"({"report": {"gpu_memory_bytes": 80}})";
  add_row(run, 0, CounterKind::memory_activations, {{0, 40}});
  const Picture near(std::move(run));
  EXPECT_EQ(axis_top(*near.data), 80 * 1.06);
  EXPECT_GT(near.count(100, near.scene.theme.critical) + near.count(104, near.scene.theme.critical), 0);
  RunColumns small = run_until(1000);
  small.facts = R"({"report": {"gpu_memory_bytes": 80}})";
  add_row(small, 0, CounterKind::memory_activations, {{0, 4}});
  const Picture far(std::move(small));
  EXPECT_EQ(axis_top(*far.data), 4 * 1.06);  // a twentieth: the chart would be flat
  for (int x = 100; x < 120; ++x) EXPECT_EQ(far.count(x, far.scene.theme.critical), 0);
}

TEST(ChartPainter, DrawsTheOlderResultAsALine) {
  // Now 40, once 80: the axis ends at 84.8, the line is 94 pixels up and the band below it 47.
  RunColumns run = run_until(1000);
  add_row(run, 0, CounterKind::memory_activations, {{0, 40}});
  RunColumns old = run_until(1000);
  add_row(old, 0, CounterKind::memory_activations, {{0, 80}});
  Picture picture(std::move(run));
  const Trace older(std::move(old), "");
  const ChartData ghost(older, charts_of(older.run()).at(0));
  QPainter painter(&picture.image);
  paint_chart_body(painter, picture.scene, *picture.data, QRectF(0, 0, kLabelColumn + kWidth, kHeight), &ghost);
  painter.end();
  EXPECT_NEAR(picture.count(100, picture.colour(0)), 47, 1);
  const auto row = [&](int y) { return picture.image.pixelColor(kLabelColumn + 100, y); };
  const int at = kPlotBottom - 94;
  EXPECT_TRUE(row(at) == picture.scene.theme.text || row(at - 1) == picture.scene.theme.text);
}

TEST(ChartPainter, PaintsNothingOutsideOfTheRun) {
  RunColumns run = run_until(1000);
  add_row(run, 0, CounterKind::memory_activations, {{0, 40}});
  const Picture picture(std::move(run), {-1000, 2000});
  EXPECT_EQ(picture.count(90, picture.colour(0)), 0);
  EXPECT_GT(picture.count(200, picture.colour(0)), 80);
  EXPECT_EQ(picture.count(300, picture.colour(0)), 0);
}

TEST(ChartPainter, LivesWithoutPointsOrRoom) {
  RunColumns run = run_until(1000);
  add_row(run, 0, CounterKind::memory_activations, {});
  Picture picture(std::move(run));
  QPainter painter(&picture.image);
  paint_chart(painter, picture.scene, *picture.data, QRectF(0, 0, 20, 3));
  picture.scene.range = {5, 5};
  paint_chart(painter, picture.scene, *picture.data, QRectF(0, 0, 400, 100));
}

TEST(ChartPainter, PaintsAMillionPointsWithoutALookAtEach) {
  // The bar is 5 ms; the limit here allows for slow machines and builds.
  RunColumns run = run_until(1'000'000);
  std::vector<CounterPoint> points;
  for (int i = 0; i < 1'000'000; ++i) points.push_back({i, 1.0 + i % 97});
  add_row(run, 0, CounterKind::memory_activations, points);
  Picture picture(std::move(run));
  QElapsedTimer timer;
  timer.start();
  for (int i = 0; i < 10; ++i) picture.paint();
  const double ms = static_cast<double>(timer.nsecsElapsed()) / 1e7;
  RecordProperty("ms_a_chart", std::to_string(ms));
  EXPECT_LT(ms, 100);
}

}  // namespace
}  // namespace braid
