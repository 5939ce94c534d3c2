// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/glyph_sheet.hpp"

#include <QFontMetrics>
#include <QImage>
#include <QPainter>
#include <algorithm>

namespace braid {

GlyphSheet::GlyphSheet(QFont font, int pixel_size) {
  font.setPixelSize(pixel_size);
  const QFontMetrics metrics(font);
  height_ = metrics.height();
  ascent_ = metrics.ascent();
  capital_ = metrics.capHeight();
  for (int i = 0; i < kGlyphs; ++i) {
    const QChar letter = i == kGlyphs - 1 ? QChar(0x2026) : QChar(kFirst + i);
    Glyph& glyph = glyphs_[static_cast<std::size_t>(i)];
    glyph.advance = metrics.horizontalAdvance(letter);
    // Room for a pixel of overhang at either side.
    glyph.width = glyph.advance + 2;
    glyph.at = static_cast<int>(ink_.size());
    QImage mask(glyph.width, height_, QImage::Format_Grayscale8);
    mask.fill(Qt::black);
    QPainter painter(&mask);
    painter.setFont(font);
    painter.setPen(Qt::white);
    painter.drawText(1, ascent_, QString(letter));
    painter.end();
    for (int line = 0; line < height_; ++line) {
      const uchar* from = mask.constScanLine(line);
      ink_.insert(ink_.end(), from, from + glyph.width);
    }
  }
}

std::size_t GlyphSheet::next(std::string_view& text) {
  if (text.starts_with(kEllipsis)) {
    text.remove_prefix(kEllipsis.size());
    return kGlyphs - 1;
  }
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first >= kFirst && first < 127) return first - kFirst;
  // The bytes that follow in a character of UTF-8.
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0) == 0x80) text.remove_prefix(1);
  return '?' - kFirst;
}

int GlyphSheet::width(std::string_view text) const {
  int all = 0;
  while (!text.empty()) all += glyphs_[next(text)].advance;
  return all;
}

void GlyphSheet::draw(std::string_view text, int x, int baseline, QRgb colour, QRgb* pixels, std::ptrdiff_t stride,
                      int from, int to, int lines) const {
  const int top = baseline - ascent_;
  const auto blend = [](int below, int above, int ink) { return below + (above - below) * ink / 255; };
  while (!text.empty()) {
    const Glyph& glyph = glyphs_[next(text)];
    const int left = x - 1;
    const int first = std::max(from, left), last = std::min(to, left + glyph.width);
    for (int line = std::max(0, -top); line < height_ && top + line < lines; ++line) {
      const std::uint8_t* const ink = ink_.data() + glyph.at + line * glyph.width;
      QRgb* const to_line = pixels + (top + line) * stride;
      for (int column = first; column < last; ++column) {
        const int share = ink[column - left];
        if (share == 0) continue;
        QRgb& pixel = to_line[column];
        pixel = qRgb(blend(qRed(pixel), qRed(colour), share), blend(qGreen(pixel), qGreen(colour), share),
                     blend(qBlue(pixel), qBlue(colour), share));
      }
    }
    x += glyph.advance;
  }
}

}  // namespace braid
