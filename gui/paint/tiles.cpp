// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/tiles.hpp"

#include <algorithm>
#include <cstdlib>

namespace braid {
namespace {

/// Of a line of about one pixel through multiples of `period`, softened at its sides.
double line_ink(int at, int period) {
  const int m = ((at % period) + period) % period;
  const int away = std::min(m, period - m);
  return away == 0 ? 1.0 : away == 1 ? 0.3 : 0.0;
}

}  // namespace

double hatch_ink(Category c, int column, int line) {
  switch (c) {
    case Category::idle_tp:
      return line_ink(column + line, 4);
    case Category::idle_pp_wait:
      return line_ink(column - line, 4);
    case Category::idle_pp_transfer:
      return line % 4 == 1 ? 1.0 : 0.0;
    case Category::idle_dp:
      return std::max(line_ink(column + line, 8), line_ink(column - line, 8));
    case Category::idle_offload:
      return column % 4 == 1 && line % 4 == 1 ? 1.0 : column % 4 == 3 && line % 4 == 3 ? 1.0 : 0.0;
    case Category::idle_host:
      return column % 4 == 1 ? 1.0 : 0.0;
    case Category::idle_warm_up:
      return line_ink(column + line, 8);
    case Category::idle_drain:
      return line_ink(column - line, 8);
    default:
      return 0;
  }
}

QColor hatch_colour(const Theme& theme, Category c) {
  const QColor& ground = theme.category[static_cast<std::size_t>(c)];
  // Away from the ground of the page, along the category's own hue.
  const auto push = [&](int own, int page) { return std::clamp(page + static_cast<int>(2.6 * (own - page)), 0, 255); };
  return QColor(push(ground.red(), theme.background.red()), push(ground.green(), theme.background.green()),
                push(ground.blue(), theme.background.blue()));
}

QColor chunk_colour(const Theme& theme, Category c, int chunk) {
  const QColor& own = theme.category[static_cast<std::size_t>(c)];
  if (is_idle(c)) return own;
  constexpr double kLighter = 0.25;  // a chunk
  return mixed(own, QColor(Qt::white), theme.chunk * kLighter * chunk_tone(chunk));
}

Tiles tiles(const Theme& theme) {
  Tiles all;
  for (int chunk = 0; chunk < Tiles::kChunks; ++chunk) {
    for (int i = 0; i < kCategories; ++i) {
      const auto c = static_cast<Category>(i);
      const QColor own = chunk_colour(theme, c, chunk), ink = hatch_colour(theme, c);
      Tile& tile = all.of[static_cast<std::size_t>(chunk)][static_cast<std::size_t>(i)];
      double total = 0;
      for (int line = 0; line < Tile::kSide; ++line) {
        for (int column = 0; column < Tile::kSide; ++column) {
          const double share = theme.hatch * hatch_ink(c, column, line);
          total += share;
          tile.pixel[static_cast<std::size_t>(line * Tile::kSide + column)] = mixed(own, ink, share).rgb();
        }
      }
      tile.flat = mixed(own, ink, total / (Tile::kSide * Tile::kSide)).rgb();
    }
  }
  return all;
}

}  // namespace braid
