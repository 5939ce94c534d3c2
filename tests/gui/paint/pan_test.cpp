// SPDX-License-Identifier: Apache-2.0
// A picture that was moved has the pixels of one that is painted anew, whatever the moves.
#include <gtest/gtest.h>

#include <random>

#include "tests/gui/made_run.hpp"
#include "tests/gui/paint/scenes.hpp"

namespace braid {
namespace {

/// With all there is: labels, grid lines, hatches, a pinned row, a folded heading, chunks, braids.
Scene full_scene(bool bursts) {
  std::vector<std::vector<Piece>> rows;
  for (unsigned row = 0; row < 12; ++row) rows.push_back(random_pieces(3000, row % 2 == 0 ? 900 : 90'000, bursts, row));
  Scene scene = bare_scene(run_of_rows(rows), {620, 150}, 21);
  scene.theme = theme(PaletteKind::colour_blind_safe, Light::day);
  scene.labels = scene.grid = true;
  scene.rows[0].pinned = true;
  scene.rows[4].height = 9;
  scene.rows[5].height = 4;
  scene.rows[7] = {.kind = LayoutRow::Kind::heading, .members = {7, 8, 9}, .folded = true, .height = 21};
  scene.rows[8] = {.kind = LayoutRow::Kind::heading, .members = {}, .height = 15};
  double top = 0;
  for (LayoutRow& row : scene.rows) {
    row.top = top;
    top += row.height;
  }
  return scene;
}

int first_difference(const QImage& a, const QImage& b, int& x) {
  for (int y = 0; y < a.height(); ++y) {
    for (x = 0; x < a.width(); ++x) {
      if (a.pixel(x, y) != b.pixel(x, y)) return y;
    }
  }
  return -1;
}

TEST(Pan, GivesThePixelsOfAFreshPicture) {
  for (const bool bursts : {false, true}) {
    Scene scene = full_scene(bursts);
    const TimeRange all = scene.trace->extent();
    std::mt19937_64 random(5);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    TimelinePainter kept;
    for (std::int64_t length = all.length(); length > 3000; length = length * 2 / 5) {
      const double step = static_cast<double>(length) / scene.size.width();
      scene.range = {all.begin + all.length() / 3, all.begin + all.length() / 3 + length};
      scene.scroll = 10;
      kept.body(scene);
      for (int move = 0; move < 12; ++move) {
        const int dx = below(3) == 0 ? below(401) - 200 : below(25) - 12;
        if (below(4) != 0) {
          const auto ns = std::llround(dx * step);
          scene.range = {scene.range.begin + ns, scene.range.end + ns};
        }
        if (below(3) == 0) scene.scroll = std::clamp(scene.scroll + below(61) - 30, 0.0, 90.0);
        const QImage& moved = kept.body(scene);
        TimelinePainter anew;
        const QImage& fresh = anew.body(scene);
        int x = 0;
        const int y = first_difference(moved, fresh, x);
        ASSERT_EQ(y, -1) << "at " << x << ',' << y << " after move " << move << " at " << length << " ns in view";
      }
    }
  }
}

TEST(Pan, PaintsOnlyWhatAppears) {
  Scene scene = bare_scene(made_run({.pp = 8, .microbatches = 16, .steps = 20}), {800, 320}, 10);
  scene.labels = true;
  TimelinePainter painter;
  painter.body(scene);
  EXPECT_EQ(painter.painted_pixels(), 800u * 320u);
  painter.body(scene);
  EXPECT_EQ(painter.painted_pixels(), 0u);
  // 7 pixels to the right: bars are too low for labels, so strips of 7 by 32 rows of 10.
  const std::int64_t moved = scene.range.length() * 7 / 800;
  scene.range = {scene.range.begin + moved, scene.range.end + moved};
  painter.body(scene);
  EXPECT_EQ(painter.painted_pixels(), 7u * 320u);
  // What overlays show is no part of the body.
  scene.hover = scene.selected = 3;
  scene.cursor_x = 30;
  scene.critical_path = true;
  painter.body(scene);
  EXPECT_EQ(painter.painted_pixels(), 0u);
  // 13 lines down.
  scene.size = {800, 200};
  painter.body(scene);
  scene.scroll = 13;
  painter.body(scene);
  EXPECT_EQ(painter.painted_pixels(), 800u * 13u);
}

TEST(Pan, RepaintsBlocksWhoseLabelsMoveAndNoMore) {
  // One long block over the left edge, the rest of the row empty: its label follows the view, nothing else changes.
  Scene scene = bare_scene(run_of({{0, 300'000}, {1'000'000, 1'000'000}}), {1000, 22}, 22);
  scene.labels = true;
  scene.range = {100'000, 1'100'000};  // 1000 ns a pixel: the block is on pixels 0..199
  TimelinePainter painter;
  painter.body(scene);
  scene.range = {110'000, 1'110'000};
  painter.body(scene);
  // It ends at pixel 190 now; 10 pixels come in at the right.
  EXPECT_EQ(painter.painted_pixels(), (190u + 10u) * 22u);
}

}  // namespace
}  // namespace braid
