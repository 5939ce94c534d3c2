// SPDX-License-Identifier: Apache-2.0
// The pixels of rows: by hand on a few spans, and shares of colours against shares of time.
#include <gtest/gtest.h>

#include "gui/paint/scene_geometry.hpp"
#include "gui/paint/tiles.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/paint/scenes.hpp"

namespace braid {
namespace {

/// Rows of 22 px: one of ground above and one below a bar of 20.
constexpr int kTop = 1, kBar = 20;

TEST(Body, OfThreeSpansHasTheColoursOfTheHand) {
  // 100 ns a pixel. F on pixels 0..9, nothing on 10..13, a braid of F and I on 14..23, I on 24..29.5.
  Scene scene = bare_scene(
      run_of({{0, 1000}, {1400, 2400, Category::forward, Category::input_grad}, {2400, 2950, Category::input_grad}}),
      {40, 30}, kBar + 2);
  scene.range = {0, 4000};
  TimelinePainter painter;
  const QImage& body = painter.body(scene);
  const QRgb f = colour_of(scene, Category::forward), i = colour_of(scene, Category::input_grad);
  const QRgb ground = scene.theme.row_even.rgb();
  for (int y = kTop; y < kTop + kBar; ++y) {
    for (int x = 0; x < 10; ++x) ASSERT_EQ(body.pixel(x, y), f) << x << ',' << y;
    for (int x = 10; x < 14; ++x) ASSERT_EQ(body.pixel(x, y), ground) << x << ',' << y;
    // F comes first in the order of categories: below.
    for (int x = 14; x < 24; ++x) ASSERT_EQ(body.pixel(x, y), y < kTop + kBar / 2 ? i : f) << x << ',' << y;
    for (int x = 24; x < 29; ++x) ASSERT_EQ(body.pixel(x, y), i) << x << ',' << y;
    // Half of it I: an edge is soft across, not a step.
    ASSERT_EQ(body.pixel(29, y), mixed(QColor(ground), QColor(i), 0.5).rgb());
    ASSERT_EQ(body.pixel(30, y), ground);
  }
  EXPECT_EQ(body.pixel(5, 0), ground);
  EXPECT_EQ(body.pixel(5, kTop + kBar), ground);
  EXPECT_EQ(body.pixel(5, 25), scene.theme.background.rgb());  // no row there
}

TEST(Body, AColumnOfManySpansIsAStackOfShares) {
  // 6 ns of F, 4 ns idle, and so on; 1000 ns a pixel: 60 % of 20 px are F, from the bottom.
  std::vector<Piece> pieces;
  for (std::int64_t t = 0; t < 100'000; t += 10) {
    pieces.push_back({t, t + 6});
    pieces.push_back({t + 6, t + 10, Category::idle_tp, Category::idle_tp});
  }
  Scene scene = bare_scene(run_of(pieces), {100, 22}, kBar + 2);
  TimelinePainter painter;
  const QImage& body = painter.body(scene);
  for (int x = 0; x < 100; ++x) {
    for (int y = kTop; y < kTop + 8; ++y)
      ASSERT_EQ(body.pixel(x, y), colour_of(scene, Category::idle_tp)) << x << ',' << y;
    for (int y = kTop + 8; y < kTop + 20; ++y)
      ASSERT_EQ(body.pixel(x, y), colour_of(scene, Category::forward)) << x << ',' << y;
  }
  // Mixed: the same everywhere, 60 % of one and 40 % of the other.
  scene.mode = PixelMode::blend;
  const QColor both = mixed(scene.theme.category[0], QColor(colour_of(scene, Category::idle_tp)), 0.4);
  for (int y = kTop; y < kTop + kBar; ++y) {
    const QColor at = painter.body(scene).pixel(50, y);
    EXPECT_NEAR(at.red(), both.red(), 1);
    EXPECT_NEAR(at.green(), both.green(), 1);
    EXPECT_NEAR(at.blue(), both.blue(), 1);
  }
}

/// Shares of the bar's pixels in the first row that are of a category, counting a soft pixel for its part: everything
/// else is black then.
double painted_share(Scene scene, Category c) {
  scene.theme.category.fill(Qt::black);
  scene.theme.category[static_cast<std::size_t>(c)] = Qt::white;
  scene.theme.row_even = scene.theme.row_odd = scene.theme.background = Qt::black;
  TimelinePainter painter;
  const QImage& body = painter.body(scene);
  const RowPlace place = visible_rows(scene).front();
  double sum = 0;
  for (int y = 0; y < place.bar_height; ++y) {
    for (int x = 0; x < body.width(); ++x) sum += qGreen(body.pixel(x, place.top + place.bar_top + y)) / 255.0;
  }
  return sum / place.bar_height / body.width();
}

void expect_true_shares(const Scene& scene, const std::string& what) {
  const RunView& run = scene.trace->run();
  const std::uint32_t row = scene.rows.front().members.front();
  // What the picture shows begins at a whole pixel.
  const PixelGrid grid = grid_of(scene);
  const TimeRange range{grid.time(0), grid.time(scene.size.width())};
  const auto truth = summed(run, row, range);
  for (const Category c : scene.trace->coverage().categories(row)) {
    const double wanted = truth[static_cast<std::size_t>(c)] / static_cast<double>(range.length());
    EXPECT_NEAR(painted_share(scene, c), wanted, 0.001) << to_text(c) << " of " << what;
  }
}

TEST(Body, PaintedSharesAreTheTrueSharesAtEveryZoom) {
  for (const bool bursts : {false, true}) {
    for (const double height : {5.0, 8.0, 22.0}) {  // mixed, stacked low, stacked high
      Scene scene = bare_scene(run_of(random_pieces(20'000, 700, bursts, 17)), {700, 40}, height);
      const TimeRange all = scene.trace->extent();
      for (std::int64_t length = all.length(); length > 5000; length = length / 3) {
        const std::int64_t begin = all.begin + (all.length() - length) / 3;
        scene.range = {begin, begin + length};
        expect_true_shares(scene, std::to_string(length) + " ns, " + std::to_string(height) + " px");
      }
    }
  }
}

TEST(Body, PaintedSharesOfALongRunAreTrue) {
  Scene scene = bare_scene(run_of(random_pieces(1'000'000, 90'000, false, 29)), {1920, 40}, 8);
  const TimeRange all = scene.trace->extent();
  for (const std::int64_t part : {1, 10, 100, 1000}) {
    scene.range = {all.begin + all.length() / 7, all.begin + all.length() / 7 + all.length() / part};
    expect_true_shares(scene, "1/" + std::to_string(part));
  }
}

TEST(Body, FoldedHeadingsShowTheMeanOfTheirRows) {
  // One row is F all the time, one has W in its first quarter: there half F and half W, then half F and half nothing.
  Scene scene = bare_scene(run_of_rows({{{0, 4000}}, {{0, 1000, Category::weight_grad}, {4000, 4000}}}), {40, 22}, 22);
  scene.rows = {{.kind = LayoutRow::Kind::heading, .members = {0, 1}, .folded = true, .height = 22}};
  TimelinePainter painter;
  const QImage& body = painter.body(scene);
  EXPECT_EQ(body.pixel(5, kTop + 19), colour_of(scene, Category::forward));
  EXPECT_EQ(body.pixel(5, kTop + 10), colour_of(scene, Category::forward));
  EXPECT_EQ(body.pixel(5, kTop + 9), colour_of(scene, Category::weight_grad));
  EXPECT_EQ(body.pixel(5, kTop), colour_of(scene, Category::weight_grad));
  EXPECT_EQ(body.pixel(30, kTop + 10), colour_of(scene, Category::forward));
  EXPECT_EQ(body.pixel(30, kTop + 9), scene.theme.background.rgb());  // nothing above it
  scene.rows.front().folded = false;
  EXPECT_EQ(painter.body(scene).pixel(5, kTop + 19), scene.theme.background.rgb());
}

TEST(Body, PinnedRowsStayWhereTheyAre) {
  // Rows in three colours; the second is pinned, so it is the first.
  Scene scene = bare_scene(run_of_rows({{{0, 1000, Category::weight_grad}}, {{0, 1000}}, {{0, 1000, Category::tp}}}),
                           {20, 40}, 20);
  std::swap(scene.rows[0].members, scene.rows[1].members);
  scene.rows[0].pinned = true;
  TimelinePainter painter;
  const auto colours = [&] {
    const QImage& body = painter.body(scene);
    return std::pair{body.pixel(10, 10), body.pixel(10, 30)};
  };
  EXPECT_EQ(colours(), std::pair(colour_of(scene, Category::forward), colour_of(scene, Category::weight_grad)));
  scene.scroll = 20;
  EXPECT_EQ(colours(), std::pair(colour_of(scene, Category::forward), colour_of(scene, Category::tp)));
}

TEST(Body, CausesOfIdlenessAreToldApartWithoutColour) {
  // Hatches as patterns of ink: no two are the same.
  std::set<std::vector<double>> patterns;
  for (int c = static_cast<int>(Category::idle_tp); c < kCategories; ++c) {
    std::vector<double> ink;
    for (int at = 0; at < 64; ++at) ink.push_back(hatch_ink(static_cast<Category>(c), at % 8, at / 8));
    EXPECT_TRUE(std::any_of(ink.begin(), ink.end(), [](double v) { return v > 0; })) << c;
    patterns.insert(ink);
  }
  EXPECT_EQ(patterns.size(), 8u);
  EXPECT_EQ(hatch_ink(Category::forward, 0, 0), 0);
}

TEST(Body, LaterChunksAreLighter) {
  Scene scene = bare_scene(run_of({{0, 1000, Category::forward, Category::forward, 0},
                                   {1000, 2000, Category::forward, Category::forward, 1},
                                   {2000, 3000, Category::forward, Category::forward, 2}}),
                           {30, 22}, 22);
  scene.theme.chunk = 1;
  TimelinePainter painter;
  const QImage& body = painter.body(scene);
  const auto light = [&](int x) { return QColor(body.pixel(x, 10)).lightness(); };
  EXPECT_EQ(body.pixel(5, 10), colour_of(scene, Category::forward));
  EXPECT_GT(light(15), light(5) + 20);
  EXPECT_GT(light(25), light(15) + 20);
}

TEST(Body, NothingIsDrawnWithoutATrace) {
  Scene scene{.range = {0, 100}, .size = {20, 20}, .theme = theme(PaletteKind::papers, Light::night)};
  TimelinePainter painter;
  EXPECT_EQ(painter.picture(scene).pixel(3, 3), scene.theme.background.rgb());
  EXPECT_TRUE(blocks(scene).empty());
  EXPECT_EQ(hit_test(scene, {3, 3}), kNoIndex);
}

}  // namespace
}  // namespace braid
