// SPDX-License-Identifier: Apache-2.0
// Detects change: small pictures without text, pixel by pixel. A golden is what was painted when it was last looked at;
// body_test says what is right. BRAID_UPDATE_GOLDENS=1 in the environment writes them anew: look at them.
#include <gtest/gtest.h>

#include "tests/gui/made_run.hpp"
#include "tests/gui/paint/scenes.hpp"

namespace braid {
namespace {

void compare(const std::string& name, const QImage& picture) {
  const QString path = QString::fromStdString(BRAID_SOURCE_DIR "/tests/golden/gui/" + name + ".png");
  if (qEnvironmentVariableIsSet("BRAID_UPDATE_GOLDENS")) { ASSERT_TRUE(picture.save(path)); }
  const QImage golden = QImage(path).convertToFormat(QImage::Format_RGB32);
  ASSERT_EQ(golden.size(), picture.size()) << qPrintable(path);
  int different = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) different += picture.pixel(x, y) != golden.pixel(x, y);
  }
  if (different == 0) return;
  const std::string beside = BRAID_BINARY_DIR "/" + name + ".png";
  EXPECT_TRUE(picture.save(QString::fromStdString(beside)));
  EXPECT_EQ(different, 0) << "pixels differ; what is painted now: " << beside;
}

Scene scene_of(PaletteKind palette, Light light) {
  Scene scene = bare_scene(made_run({.pp = 3, .microbatches = 4}), {360, 150}, 14);
  scene.rows = layout_rows(scene.trace->run(), {.row_height = 16});
  scene.theme = theme(palette, light);
  scene.grid = true;
  return scene;
}

TEST(Golden, AStepByDay) {
  const Scene scene = scene_of(PaletteKind::colour_blind_safe, Light::day);
  compare("step_day", TimelinePainter().body(scene));
}

TEST(Golden, BlocksByNight) {
  Scene scene = scene_of(PaletteKind::papers, Light::night);
  scene.range = {2'000'000, 2'600'000};
  compare("blocks_night", TimelinePainter().body(scene));
}

TEST(Golden, ManyStepsFolded) {
  Scene scene = bare_scene(made_run({.pp = 4, .microbatches = 6, .steps = 30}), {360, 120}, 16);
  scene.rows = layout_rows(scene.trace->run(), {.row_height = 16, .folded = {"pp1", "pp2"}});
  scene.theme = theme(PaletteKind::colour_blind_safe, Light::day);
  compare("steps_folded", TimelinePainter().body(scene));
}

}  // namespace
}  // namespace braid
