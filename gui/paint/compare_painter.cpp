// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/compare_painter.hpp"

#include <algorithm>
#include <cmath>

namespace braid {

QColor busier_colour(const Theme& theme, bool first) {
  const bool day = theme.light == Light::day;
  return QColor::fromRgb(first ? (day ? 0x7b3294 : 0xc79be0) : (day ? 0x008837 : 0x5fc585));
}

void paint_compare_band(QPainter& painter, const DifferenceBand& band, const Theme& theme, QRectF where) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.fillRect(where, theme.background);
  const double quarter = std::floor(where.height() / 4);
  const double top = where.top() + quarter, bottom = where.bottom() - quarter;
  const double middle = (top + bottom) / 2, half = (bottom - top) / 2;
  const QColor first = busier_colour(theme, true), second = busier_colour(theme, false);
  QColor faint_first = first, faint_second = second;
  faint_first.setAlpha(90);
  faint_second.setAlpha(90);

  const std::size_t pixels = std::min({band.first_busy.size(), band.second_busy.size(),
                                       static_cast<std::size_t>(std::max(0.0, std::ceil(where.width())))});
  for (std::size_t x = 0; x < pixels; ++x) {
    const double left = where.left() + static_cast<double>(x);
    const double a = band.first_busy[x], b = band.second_busy[x];
    painter.fillRect(QRectF(left, top - a * quarter, 1, a * quarter), faint_first);
    painter.fillRect(QRectF(left, bottom, 1, b * quarter), faint_second);
    const double apart = (a - b) * half;
    if (apart > 0) painter.fillRect(QRectF(left, middle - apart, 1, apart), first);
    if (apart < 0) painter.fillRect(QRectF(left, middle, 1, -apart), second);
  }
  painter.setPen(theme.grid);
  for (const double y : {top, middle, bottom}) painter.drawLine(QPointF(where.left(), y), QPointF(where.right(), y));
  painter.restore();
}

}  // namespace braid
