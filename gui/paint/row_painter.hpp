// SPDX-License-Identifier: Apache-2.0
// Paints one row of the body, or some columns of it. Every pixel is a function of the scene alone, whichever columns
// are asked for: so what is kept of an older picture is what a new one would have.
#pragma once

#include <QRgb>
#include <string>
#include <vector>

#include "gui/paint/glyph_sheet.hpp"
#include "gui/paint/scene_geometry.hpp"
#include "gui/paint/tiles.hpp"

namespace braid {

/// What the rows of a picture share.
struct BodyFrame {
  const Scene* scene = nullptr;
  PixelGrid grid;
  int width = 0;  ///< device pixels
  Tiles tiles;
  /// The ground under even and odd rows and headings, a line of it.
  std::vector<QRgb> even, odd, heading;
  const GlyphSheet* large = nullptr;  ///< for high rows
  const GlyphSheet* small = nullptr;
};

/// Blocks narrower than this have no label and are never asked about one.
inline constexpr int kLabelWidth = 14;
/// Bars lower than this have no labels.
inline constexpr int kLabelBar = 11;

class RowPainter {
 public:
  /// Paints the columns [from, to) of the row; `pixels` is the pixel of column 0 in the row's first line.
  void paint(const BodyFrame& frame, const RowPlace& place, int from, int to, QRgb* pixels, std::ptrdiff_t stride);

 private:
  /// A span drawn one by one; places on the grid, counted from its zero.
  struct Block {
    std::uint32_t span = 0;
    double begin = 0, end = 0;
    std::int64_t shown_from = 0, shown_to = 0;  ///< of it is drawn as a block
  };

  void ground(int from, int to);
  void gather_shares(int from, int to);
  void gather_mean(int from, int to);
  void gather_blocks(int from, int to);
  void compose(int from, int to);
  void stacked_column(int column, const float* shares);
  void blended_column(int column, const float* shares);
  void draw_block(const Block& block, int from, int to);
  void label_block(const Block& block, int from, int to);
  QRgb& pixel(int column, int line) { return pixels_[line * stride_ + column]; }
  /// The tile of one of the categories of the row.
  const Tile& tile(std::size_t slot) const { return *slots_[slot]; }

  const BodyFrame* frame_ = nullptr;
  const RowPlace* place_ = nullptr;
  const LayoutRow* row_ = nullptr;
  const std::vector<QRgb>* ground_ = nullptr;
  QRgb* pixels_ = nullptr;
  std::ptrdiff_t stride_ = 0;
  std::int64_t first_ = 0;  ///< of the grid
  std::vector<const Tile*> slots_;
  std::vector<float> shares_, member_;
  std::vector<unsigned char> marks_;  ///< by column: edges of blocks, short spans
  std::vector<Block> blocks_;
  std::string text_, spare_;
};

}  // namespace braid
