// SPDX-License-Identifier: Apache-2.0
// The time axis and the names of rows.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "gui/paint/scene_geometry.hpp"
#include "gui/paint/timeline_painter.hpp"

namespace braid {
namespace {

struct TimeUnit {
  std::int64_t ns;
  const char* name;
};

TimeUnit unit_for(const RunFacts& facts, std::int64_t longest) {
  if (facts.time_unit == "slot") return {1'000'000'000, "slot"};
  for (const TimeUnit unit : {TimeUnit{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "\u00b5s"}}) {
    if (longest >= unit.ns) return unit;
  }
  return {1, "ns"};
}

/// A multiple of `step` in the unit, with no more digits than tell ticks apart.
QString tick_text(std::int64_t time, std::int64_t step, std::int64_t unit) {
  int digits = 0;
  for (std::int64_t part = unit; part > 1 && step % part != 0; part /= 10) ++digits;
  return QString::number(static_cast<double>(time) / static_cast<double>(unit), 'f', digits);
}

void triangle(QPainter& painter, QPointF centre, bool folded, const QColor& colour) {
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  const double r = 3.2;
  if (folded) {
    painter.drawPolygon(
        QPolygonF{centre + QPointF(-r * 0.7, -r), centre + QPointF(r, 0), centre + QPointF(-r * 0.7, r)});
  } else {
    painter.drawPolygon(
        QPolygonF{centre + QPointF(-r, -r * 0.7), centre + QPointF(r, -r * 0.7), centre + QPointF(0, r)});
  }
}

}  // namespace

void paint_ruler(QPainter& painter, const Scene& scene, QRectF where) {
  painter.save();
  painter.setClipRect(where);
  painter.fillRect(where, scene.theme.background);
  const double ratio = scene.device_pixel_ratio;
  const PixelGrid grid = grid_of(scene);
  const std::int64_t step = tick_step(grid.step, kTickApart * ratio);
  const std::int64_t zero = scene.trace ? scene.trace->extent().begin : 0;
  const double width = scene.size.width() * ratio;
  const std::int64_t begin = grid.time(0), end = grid.time(width);
  const TimeUnit unit =
      unit_for(scene.trace ? scene.trace->facts() : RunFacts{}, std::max(std::abs(end - zero), std::abs(begin - zero)));
  painter.setFont(scene.theme.font);
  const QFontMetricsF metrics(scene.theme.font);
  const double base = where.bottom() - 0.5;
  painter.setPen(scene.theme.faint_text);
  painter.drawLine(QPointF(where.left(), base), QPointF(where.right(), base));
  // Five or four small ticks between two that are labelled: 1 and 5 are cut into fifths, 2 into quarters.
  std::int64_t lead = step;
  while (lead % 10 == 0) lead /= 10;
  const std::int64_t parts = lead == 2 ? 4 : 5;
  const std::int64_t small = step % parts == 0 ? step / parts : step;
  for (std::int64_t time = first_tick(begin - step, zero, small); time <= end; time += small) {
    const double x = where.left() + (std::floor(grid.x(time)) + 0.5) / ratio;
    const bool labelled = (time - zero) % step == 0;
    painter.drawLine(QPointF(x, base - (labelled ? 7 : 3)), QPointF(x, base));
    if (!labelled) continue;
    const QString text = tick_text(time - zero, step, unit.ns) + QLatin1Char(' ') + QString::fromUtf8(unit.name);
    painter.setPen(scene.theme.text);
    painter.drawText(QPointF(x + 3, base - 5 - std::max(0.0, (where.height() - 8 - metrics.height()) / 4)), text);
    painter.setPen(scene.theme.faint_text);
  }
  painter.restore();
}

void paint_row_labels(QPainter& painter, const Scene& scene, QRectF where) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(where, scene.theme.background);
  const double ratio = scene.device_pixel_ratio;
  for (const RowPlace& place : visible_rows(scene)) {
    const LayoutRow& row = scene.rows[place.row];
    const bool is_heading = row.kind == LayoutRow::Kind::heading;
    const double top = where.top() + place.top / ratio, height = place.height / ratio;
    const QRectF visible(where.left(), where.top() + place.clip_top / ratio, where.width(),
                         (place.clip_bottom - place.clip_top) / ratio);
    painter.setClipRect(visible.intersected(where));
    painter.fillRect(visible, is_heading           ? scene.theme.background
                              : place.row % 2 == 0 ? scene.theme.row_even
                                                   : scene.theme.row_odd);
    constexpr double kIndent = 12, kMargin = 6;
    const double left = where.left() + kMargin + kIndent * row.depth + (is_heading ? 10 : 0);
    if (is_heading) triangle(painter, {left - 6, top + height / 2}, row.folded, scene.theme.faint_text);
    QFont font = scene.theme.font;
    font.setPixelSize(std::clamp(static_cast<int>(height) - 1, 1, std::max(1, font.pixelSize())));
    font.setBold(is_heading);
    constexpr int kReadable = 7;
    if (font.pixelSize() < kReadable) {
      // Too low for words: a dash shows that there is a row.
      painter.fillRect(QRectF(left, top + height / 2, 6, 1), scene.theme.faint_text);
      continue;
    }
    painter.setFont(font);
    painter.setPen(is_heading || height >= 14 ? scene.theme.text : scene.theme.faint_text);
    const double room = where.right() - kMargin - left - (row.pinned ? 12 : 0);
    const QString text = QFontMetricsF(font).elidedText(QString::fromStdString(row.label), Qt::ElideMiddle, room);
    painter.drawText(QRectF(left, top, room, height), Qt::AlignVCenter | Qt::AlignLeft, text);
    if (row.pinned) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(scene.theme.flow);
      painter.drawEllipse(QPointF(where.right() - kMargin - 3, top + height / 2), 2.6, 2.6);
    }
  }
  painter.setClipRect(where);
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.fillRect(QRectF(where.right() - 1, where.top(), 1, where.height()), scene.theme.grid);
  const int pinned = pinned_bottom(scene);
  if (pinned > 0) {
    painter.fillRect(QRectF(where.left(), where.top() + (pinned - 1) / ratio, where.width(), 1 / ratio),
                     scene.theme.faint_text);
  }
  painter.restore();
}

}  // namespace braid
