// SPDX-License-Identifier: Apache-2.0
// What can be clicked is what is drawn, and what is written on a block stays on it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gui/paint/block_label.hpp"
#include "gui/paint/scene_geometry.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/paint/scenes.hpp"

namespace braid {
namespace {

using testing::ElementsAre;

TEST(Blocks, OfThreeSpansLieWhereTheHandPutsThem) {
  // 100 ns a pixel from 500 on; two pixels a unit on a fine screen.
  Scene scene = bare_scene(run_of({{0, 1000}, {1000, 1000}, {1400, 2400}, {9000, 9100}}), {20, 22}, 22);
  scene.range = {500, 2500};
  std::vector<Block> all = blocks(scene);
  ASSERT_EQ(all.size(), 2u);  // one has no length, one lies outside
  EXPECT_EQ(all[0].span, 0u);
  EXPECT_EQ(all[0].box, QRectF(0, 1, 5, 20));
  EXPECT_EQ(all[1].span, 2u);
  EXPECT_EQ(all[1].box, QRectF(9, 1, 10, 20));
  EXPECT_EQ(box_of(scene, 2), QRectF(9, 1, 10, 20));
  EXPECT_EQ(box_of(scene, 0), QRectF(-5, 1, 10, 20));
  scene.device_pixel_ratio = 2;
  EXPECT_EQ(blocks(scene)[1].box, QRectF(9, 0.5, 10, 21));
  EXPECT_EQ(hit_test(scene, {10, 5}), 2u);
}

TEST(Blocks, EveryOneCanBeClicked) {
  for (const std::int64_t length : {40'000'000L, 4'000'000L, 300'000L, 20'000L}) {
    Scene scene = bare_scene(made_run({.pp = 4, .microbatches = 12}), {900, 160}, 12);
    scene.rows[0].pinned = true;
    scene.scroll = 7;
    scene.range = {1'000'000, 1'000'000 + length};
    const RunView& run = scene.trace->run();
    std::size_t clicked = 0;
    for (const Block& block : blocks(scene)) {
      EXPECT_TRUE(QRectF(0, 0, 900, 160).contains(block.box));
      const std::uint32_t hit = hit_test(scene, block.box.center());
      // Blocks below a nanosecond's worth of pixels share their middle with nobody here: the hit is the block.
      ASSERT_EQ(hit, block.span) << "box at " << block.box.x() << ',' << block.box.y() << " in view " << length;
      EXPECT_EQ(scene.rows[block.row].members.front(), run.row_of(block.span));
      ++clicked;
    }
    EXPECT_GT(clicked, 10u) << length;
  }
}

TEST(Blocks, RowsThatAreDrawnAsSharesHaveNone) {
  Scene scene = bare_scene(run_of(random_pieces(5000, 100, false, 1)), {400, 22}, 22);
  EXPECT_TRUE(blocks(scene).empty());  // 5000 spans on 400 pixels
  // A click there finds the span at that time.
  const RunView& run = scene.trace->run();
  const PixelGrid grid = grid_of(scene);
  const std::uint32_t hit = hit_test(scene, {200.5, 10});
  ASSERT_NE(hit, kNoIndex);
  EXPECT_LE(run.start[hit], grid.time(200.5) + std::llround(2 * grid.step));
  EXPECT_GE(run.end[hit], grid.time(200.5) - std::llround(2 * grid.step));
}

TEST(Blocks, AClickBesideOneFindsItUpToTwoPixels) {
  Scene scene = bare_scene(run_of({{0, 100}, {10'000, 10'000}, {20'000, 20'100}}), {201, 22}, 22);
  scene.range = {0, 20'100};  // 100 ns a pixel
  EXPECT_EQ(hit_test(scene, {2.5, 10}), 0u);
  EXPECT_EQ(hit_test(scene, {3.5, 10}), kNoIndex);
  EXPECT_EQ(hit_test(scene, {198.5, 10}), 2u);
  EXPECT_EQ(hit_test(scene, {10, 25}), kNoIndex);  // below the rows
  EXPECT_EQ(hit_test(scene, {-1, 10}), kNoIndex);
}

TEST(Blocks, LabelsStayOnTheirBlocks) {
  for (const std::int64_t length : {20'000'000L, 2'000'000L, 250'000L}) {
    Scene scene = bare_scene(made_run({.pp = 4, .microbatches = 12}), {900, 300}, 19);
    scene.range = {2'000'000, 2'000'000 + length};
    TimelinePainter painter;
    const QImage without = painter.body(scene).copy();
    scene.labels = true;
    const QImage with = painter.body(scene).copy();
    QImage inside(with.size(), QImage::Format_Grayscale8);
    inside.fill(0);
    QPainter mask(&inside);
    for (const Block& block : blocks(scene)) mask.fillRect(block.box, Qt::white);
    mask.end();
    std::size_t ink = 0;
    for (int y = 0; y < with.height(); ++y) {
      for (int x = 0; x < with.width(); ++x) {
        if (with.pixel(x, y) == without.pixel(x, y)) continue;
        ++ink;
        ASSERT_NE(inside.pixel(x, y), qRgb(0, 0, 0)) << "ink outside of all blocks at " << x << ',' << y;
      }
    }
    EXPECT_GT(ink, 100u) << length;
  }
}

std::vector<std::string> forms(std::string_view name) {
  std::vector<std::string> all(kLabelForms);
  for (int form = 0; form < kLabelForms; ++form) label_form(name, form, all[static_cast<std::size_t>(form)]);
  return all;
}

TEST(BlockLabel, GetsShorter) {
  EXPECT_THAT(forms("F attn mb3"), ElementsAre("F attn mb3", "F attn 3", "F3", "3"));
  EXPECT_THAT(forms("F mb12"), ElementsAre("F mb12", "F 12", "F12", "12"));
  EXPECT_THAT(forms("F mb5 chunk0 + B mb2 chunk1"),
              ElementsAre("F mb5 chunk0 + B mb2 chunk1", "F 5 + B 2", "F5 B2", "5 2"));
  EXPECT_THAT(forms("all_reduce attn mb3"), ElementsAre("all_reduce attn mb3", "AR attn 3", "AR3", "3"));
  EXPECT_THAT(forms("F26' & B15"), ElementsAre("F26' & B15", "", "F26' B15", "26' 15"));
  EXPECT_THAT(forms("B0"), ElementsAre("B0", "", "B0", "0"));
  EXPECT_THAT(forms("ampere_sgemm_128x64_nn"), ElementsAre("ampere_sgemm_128x64_nn", "", "", ""));
}

TEST(BlockLabel, IsTheLongestThatFits) {
  RunColumns run = run_of({{0, 10}, {10, 20}, {20, 30, Category::idle_pp_wait}});
  run.name = {kNoIndex, run.add_name("a_kernel_of_others"), kNoIndex};
  const auto letters = [](std::string_view text) {
    // Ten pixels a letter; of the ellipsis only its first byte counts.
    return static_cast<int>(10 * std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  };
  std::string text, spare;
  const auto fitting = [&](std::uint32_t span, int room) {
    fitting_label(run.view(), span, room, letters, text, spare);
    return text;
  };
  EXPECT_EQ(fitting(0, 100), "F attn mb1");
  EXPECT_EQ(fitting(0, 99), "F attn 1");
  EXPECT_EQ(fitting(0, 79), "F1");
  EXPECT_EQ(fitting(0, 10), "1");
  EXPECT_EQ(fitting(0, 9), "");
  EXPECT_EQ(fitting(1, 180), "a_kernel_of_others");
  EXPECT_EQ(fitting(1, 90), "a_kernel\xe2\x80\xa6");
  EXPECT_EQ(fitting(1, 30), "");         // fewer than three letters say nothing
  EXPECT_EQ(fitting(2, 70), "pp_wait");  // the hatch says that it is idle
  EXPECT_EQ(fitting(2, 60), "");
}

}  // namespace
}  // namespace braid
