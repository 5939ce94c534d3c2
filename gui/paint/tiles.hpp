// SPDX-License-Identifier: Apache-2.0
// What a category is filled with: a colour, or for idle pieces a hatch that tells the cause without colour.
#pragma once

#include <QRgb>
#include <array>
#include <cstdint>

#include "gui/paint/theme.hpp"

namespace braid {

/// A pattern of 8 x 8 pixels. Its columns are counted from zero of the time grid and its rows from the top of the row,
/// so it moves with what it fills and does not shimmer.
struct Tile {
  static constexpr int kSide = 8;
  std::array<QRgb, kSide * kSide> pixel{};
  QRgb flat = 0;  ///< mean of it

  QRgb at(std::int64_t column, int line) const {
    return pixel[static_cast<std::size_t>((line & (kSide - 1)) * kSide + static_cast<int>(column & (kSide - 1)))];
  }
};

struct Tiles {
  /// Later chunks of a rank are lighter; so many chunks can be told apart.
  static constexpr int kChunks = 3;
  std::array<std::array<Tile, kCategories>, kChunks> of{};

  const Tile& tile(Category c, int chunk = 0) const {
    return of[static_cast<std::size_t>(chunk)][static_cast<std::size_t>(c)];
  }
};

/// 0 for the first chunk and for no chunk.
inline int chunk_tone(int chunk) { return chunk <= 0 ? 0 : chunk < Tiles::kChunks ? chunk : Tiles::kChunks - 1; }

QColor chunk_colour(const Theme& theme, Category c, int chunk);
Tiles tiles(const Theme& theme);

/// How much of the hatch's ink is at a pixel, 0 to 1; 0 everywhere for what is not idle.
double hatch_ink(Category c, int column, int line);
/// The colour of the hatch's lines.
QColor hatch_colour(const Theme& theme, Category c);

}  // namespace braid
