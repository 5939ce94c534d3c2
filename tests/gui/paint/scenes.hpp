// SPDX-License-Identifier: Apache-2.0
// Scenes for tests of pictures.
#pragma once

#include "gui/paint/timeline_painter.hpp"
#include "tests/gui/few_spans.hpp"

namespace braid {

/// No hatch, no edges, no tones: a pixel is its categories and nothing else.
inline Theme plain(Theme theme) {
  theme.hatch = 0;
  theme.edge = 0;
  theme.chunk = 0;
  return theme;
}

/// All span rows of the run one below the other, without labels and grid lines.
inline Scene bare_scene(RunColumns columns, QSize size, double row_height) {
  Scene scene{.trace = std::make_shared<Trace>(std::move(columns), "test"),
              .size = size,
              .theme = plain(theme(PaletteKind::colour_blind_safe, Light::day)),
              .labels = false,
              .grid = false};
  scene.range = scene.trace->extent();
  for (std::uint32_t row = 0; row < scene.trace->run().rows.size(); ++row) {
    if (scene.trace->run().rows[row].kind == RowKind::counter) continue;
    const double top = total_height(scene.rows);
    scene.rows.push_back({.members = {row}, .label = "row", .top = top, .height = row_height});
  }
  return scene;
}

inline QRgb colour_of(const Scene& scene, Category c) {
  return scene.theme.category[static_cast<std::size_t>(c)].rgb();
}

}  // namespace braid
