// SPDX-License-Identifier: Apache-2.0
// The whole run in a strip.
#include <algorithm>
#include <cmath>

#include "gui/paint/timeline_painter.hpp"

namespace braid {

QImage minimap_strip(const Scene& scene, QSize size) {
  TimelinePainter painter;
  Scene whole;
  whole.trace = scene.trace;
  whole.theme = scene.theme;
  whole.device_pixel_ratio = scene.device_pixel_ratio;
  whole.size = size;
  whole.grid = false;
  LayoutRow all{.kind = LayoutRow::Kind::heading, .folded = true, .height = static_cast<double>(size.height())};
  if (scene.trace) {
    whole.range = scene.trace->extent();
    const RunView& run = scene.trace->run();
    for (std::uint32_t row = 0; row < run.rows.size(); ++row) {
      if (run.rows[row].kind == RowKind::lane && run.rows[row].lane == Lane::compute) all.members.push_back(row);
    }
    // Foreign traces may not know which lane computes.
    for (std::uint32_t row = 0; all.members.empty() && row < run.rows.size(); ++row) {
      if (run.rows[row].kind == RowKind::lane) all.members.push_back(row);
    }
  }
  whole.rows.push_back(std::move(all));
  return painter.body(whole);
}

void paint_minimap(QPainter& painter, const Scene& scene, QRectF where, const QImage& strip) {
  painter.save();
  painter.setClipRect(where);
  painter.drawImage(where.topLeft(), strip);
  if (!scene.trace) return painter.restore();
  const TimeRange extent = scene.trace->extent();
  const auto x = [&](std::int64_t time) {
    const double share = static_cast<double>(time - extent.begin) / static_cast<double>(extent.length());
    return where.left() + std::clamp(share, -0.5, 1.5) * where.width();
  };
  const RunView& run = scene.trace->run();
  double last = -1;
  for (const std::uint32_t span : scene.hits) {
    if (span >= run.spans()) continue;
    const double at = std::floor(x(run.start[span]));
    if (at == last) continue;
    last = at;
    painter.fillRect(QRectF(at, where.bottom() - 5, 2, 5), scene.theme.hit);
  }
  QColor shade = scene.theme.background;
  shade.setAlpha(150);
  const double left = x(scene.range.begin), right = std::max(left + 2, x(scene.range.end));
  painter.fillRect(QRectF(where.left(), where.top(), std::max(0.0, left - where.left()), where.height()), shade);
  painter.fillRect(QRectF(right, where.top(), std::max(0.0, where.right() - right), where.height()), shade);
  painter.setPen(QPen(scene.theme.selection, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(std::floor(left) + 0.5, where.top() + 0.5, std::floor(right - left), where.height() - 1));
  painter.restore();
}

void paint_minimap(QPainter& painter, const Scene& scene, QRectF where) {
  paint_minimap(painter, scene, where, minimap_strip(scene, where.size().toSize()));
}

}  // namespace braid
