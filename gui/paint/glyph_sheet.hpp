// SPDX-License-Identifier: Apache-2.0
// Letters of one font as masks, for thousands of short labels a frame in any thread: QPainter would take longer for
// them than for all else.
#pragma once

#include <QFont>
#include <QRgb>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace braid {

class GlyphSheet {
 public:
  GlyphSheet(QFont font, int pixel_size);

  int height() const { return height_; }
  int ascent() const { return ascent_; }
  /// Height of a capital: what is centred.
  int capital() const { return capital_; }
  int width(std::string_view text) const;
  /// Draws where `x` (left) and `baseline` say into lines of pixels, changing only columns [from, to) and lines
  /// [0, lines). Printable ASCII and the ellipsis (in UTF-8); of other characters a mark.
  void draw(std::string_view text, int x, int baseline, QRgb colour, QRgb* pixels, std::ptrdiff_t stride, int from,
            int to, int lines) const;

 private:
  static constexpr int kFirst = 32, kGlyphs = 128 - kFirst;  // the last one is the ellipsis
  struct Glyph {
    int advance = 0, width = 0, at = 0;
  };
  /// Which glyph comes next, and moves `text` past it.
  static std::size_t next(std::string_view& text);

  int height_ = 0, ascent_ = 0, capital_ = 0;
  std::array<Glyph, kGlyphs> glyphs_;
  std::vector<std::uint8_t> ink_;
};

inline constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

}  // namespace braid
