// SPDX-License-Identifier: Apache-2.0
// What lies over the body and changes with every move of the mouse.
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <map>

#include "gui/paint/scene_geometry.hpp"
#include "gui/paint/timeline_painter.hpp"

namespace braid {
namespace {

/// Boxes of spans of one scene, many of them.
class Boxes {
 public:
  explicit Boxes(const Scene& scene)
      : scene_(scene), run_(scene.trace->run()), grid_(grid_of(scene)), places_(visible_rows(scene)) {
    const double ratio = scene.device_pixel_ratio;
    for (const RowPlace& place : places_) {
      const LayoutRow& row = scene.rows[place.row];
      if (row.kind != LayoutRow::Kind::spans || row.members.empty()) continue;
      const int top = std::max(place.clip_top, place.top + place.bar_top);
      const int bottom = std::min(place.clip_bottom, place.top + place.bar_top + place.bar_height);
      if (top < bottom) bars_[row.members.front()] = {top / ratio, bottom / ratio};
    }
  }

  /// Empty if the span is not visible; never thinner than a pixel.
  QRectF of(std::uint32_t span) const {
    if (span >= run_.spans()) return {};
    const auto bar = bars_.find(run_.row_of(span));
    if (bar == bars_.end()) return {};
    const double left = x(run_.start[span]), right = std::max(left + 1, x(run_.end[span]));
    if (right <= 0 || left >= scene_.size.width()) return {};
    // Far outside, coordinates of painters would overflow.
    const double from = std::max(left, -8.0), to = std::min(right, scene_.size.width() + 8.0);
    return {from, bar->second.first, to - from, bar->second.second - bar->second.first};
  }
  bool shows(std::uint32_t row) const { return bars_.contains(row); }
  double x(std::int64_t time) const { return grid_.x(time) / scene_.device_pixel_ratio; }
  TimeRange range() const { return {grid_.time(0), grid_.time(scene_.size.width() * scene_.device_pixel_ratio) + 1}; }
  const std::vector<RowPlace>& places() const { return places_; }

 private:
  const Scene& scene_;
  const RunView& run_;
  PixelGrid grid_;
  std::vector<RowPlace> places_;
  std::map<std::uint32_t, std::pair<double, double>> bars_;
};

void outline(QPainter& painter, QRectF box, const QColor& colour, double width) {
  if (box.isEmpty()) return;
  QPen pen(colour, width);
  pen.setJoinStyle(Qt::MiterJoin);
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(box.adjusted(width / 2 - 0.5, width / 2 - 0.5, -width / 2 + 0.5, -width / 2 + 0.5));
}

void paint_area(QPainter& painter, const Scene& scene, const Boxes& boxes) {
  const Area& area = *scene.area;
  double top = scene.size.height(), bottom = 0;
  for (const RowPlace& place : boxes.places()) {
    if (place.row < area.first_row || place.row > area.last_row) continue;
    top = std::min(top, place.clip_top / scene.device_pixel_ratio);
    bottom = std::max(bottom, place.clip_bottom / scene.device_pixel_ratio);
  }
  const double left = std::clamp(boxes.x(area.range.begin), -4.0, scene.size.width() + 4.0);
  const double right = std::clamp(boxes.x(area.range.end), -4.0, scene.size.width() + 4.0);
  if (top >= bottom || left >= right) return;
  QColor fill = scene.theme.selection;
  fill.setAlpha(28);
  painter.fillRect(QRectF(left, top, right - left, bottom - top), fill);
  outline(painter, {left, top, right - left, bottom - top}, scene.theme.selection, 1);
}

/// RunView::row_of() for many spans in any order: a table of blocks of spans in place of a bisection.
class RowsOfSpans {
 public:
  explicit RowsOfSpans(const RunView& run) : run_(run), first_(run.spans() / kBlock + 1) {
    std::uint32_t row = 0;
    for (std::size_t block = 0; block < first_.size(); ++block) {
      while (row < run.rows.size() && !reaches(row, block * kBlock)) ++row;
      first_[block] = row;
    }
  }
  std::uint32_t of(std::uint32_t span) const {
    std::uint32_t row = first_[span / kBlock];
    while (row < run_.rows.size() && !reaches(row, span)) ++row;
    return row;
  }

 private:
  static constexpr std::size_t kBlock = 1024;
  bool reaches(std::uint32_t row, std::size_t span) const {
    return run_.rows[row].kind != RowKind::counter && run_.rows[row].end > span;
  }
  const RunView& run_;
  std::vector<std::uint32_t> first_;
};

/// Hits of a row on the same or on neighbouring pixels are one mark: a search may have a million hits, a picture has
/// fewer pixels.
void paint_hits(QPainter& painter, const Scene& scene, const Boxes& boxes) {
  struct Mark {
    QRectF box;                      ///< not yet painted
    std::int64_t until = INT64_MIN;  ///< what ends before adds nothing to it
  };
  const RunView& run = scene.trace->run();
  const TimeRange range = boxes.range();
  const std::int64_t pixel = range.length() / std::max(1, scene.size.width());
  const RowsOfSpans rows(run);
  std::vector<Mark> marks(run.rows.size());
  for (const std::uint32_t span : scene.hits) {
    if (span >= run.spans() || run.end[span] < range.begin || run.start[span] > range.end) continue;
    const std::uint32_t row = rows.of(span);
    if (row >= marks.size() || run.end[span] <= marks[row].until) continue;
    Mark& mark = marks[row];
    if (!boxes.shows(row)) {
      mark.until = INT64_MAX;
      continue;
    }
    QRectF box = boxes.of(span);
    if (box.isEmpty()) continue;
    if (box.width() >= 4) {
      outline(painter, box, scene.theme.hit, 2);
      continue;
    }
    box.setWidth(std::max(1.5, box.width()));
    mark.until = std::max(run.end[span], run.start[span] + pixel);
    if (!mark.box.isEmpty() && box.left() >= mark.box.left() && box.left() <= mark.box.right() + 1) {
      mark.box.setRight(std::max(mark.box.right(), box.right()));
      continue;
    }
    painter.fillRect(mark.box, scene.theme.hit);
    mark.box = box;
  }
  for (const Mark& mark : marks) painter.fillRect(mark.box, scene.theme.hit);
}

/// Spans of the path that follow one another in a row are one outline: a fence around each would hide them.
void paint_critical(QPainter& painter, const Scene& scene, const Boxes& boxes) {
  const RunView& run = scene.trace->run();
  const TimeRange range = boxes.range();
  const auto& path = run.critical;
  const auto draw = [&](const QRectF& box) {
    if (box.width() >= 4) {
      outline(painter, box, scene.theme.critical, box.height() >= 8 ? 2 : 1);
    } else if (!box.isEmpty()) {
      painter.fillRect(QRectF(box.left(), box.top(), std::max(1.0, box.width()), box.height()), scene.theme.critical);
    }
  };
  auto from = std::partition_point(path.begin(), path.end(), [&](std::uint32_t s) { return run.end[s] < range.begin; });
  if (from != path.begin()) --from;
  constexpr double kNear = 6, kWide = 4;
  std::map<double, QRectF> open;  // by row: what has not been drawn yet
  QRectF last;
  std::int32_t last_rank = -1;
  for (; from != path.end() && run.start[*from] <= range.end; ++from) {
    const QRectF box = boxes.of(*from);
    // What a folded row hides is not jumped over.
    if (box.isEmpty()) {
      last = {};
      continue;
    }
    const std::int32_t rank = run.rows[run.row_of(*from)].rank;
    const bool hop = rank == last_rank && (box.width() < kWide || last.width() < kWide);
    if (!last.isEmpty() && box.top() != last.top() && !hop) {
      painter.setPen(QPen(scene.theme.critical, 1.2));
      painter.drawLine(QPointF(last.right(), last.center().y()), QPointF(box.left(), box.center().y()));
    }
    last = box;
    last_rank = rank;
    QRectF& stretch = open[box.top()];
    if (!stretch.isEmpty() && box.left() <= stretch.right() + kNear) {
      stretch.setRight(std::max(stretch.right(), box.right()));
    } else {
      draw(stretch);
      stretch = box;
    }
  }
  for (const auto& [top, stretch] : open) draw(stretch);
}

void arrow(QPainter& painter, QPointF from, QPointF to, const QColor& colour) {
  const double reach = std::clamp(std::abs(to.x() - from.x()) / 2, 12.0, 90.0);
  QPainterPath path(from);
  path.cubicTo(from + QPointF(reach, 0), to - QPointF(reach, 0), to);
  painter.setPen(QPen(colour, 1.6));
  painter.setBrush(Qt::NoBrush);
  painter.drawPath(path);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  painter.drawPolygon(QPolygonF{to, to + QPointF(-7, -3.5), to + QPointF(-7, 3.5)});
}

}  // namespace

void TimelinePainter::overlays(QPainter& painter, const Scene& scene) const {
  if (!scene.trace) return;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setClipRect(QRectF(QPointF(0, 0), QSizeF(scene.size)));
  const Boxes boxes(scene);
  if (scene.area) paint_area(painter, scene, boxes);
  if (!scene.hits.empty()) paint_hits(painter, scene, boxes);
  if (scene.critical_path) paint_critical(painter, scene, boxes);
  const QRectF selected = boxes.of(scene.selected);
  if (!selected.isEmpty()) {
    outline(painter, selected.adjusted(-1, -1, 1, 1), scene.theme.background, 1);
    outline(painter, selected, scene.theme.selection, 2);
  }
  if (scene.flows && scene.selected < scene.trace->run().spans()) {
    for (const auto& [from, to] : flows_.of(scene.trace, scene.selected)) {
      const QRectF a = boxes.of(from), b = boxes.of(to);
      if (a.isEmpty() || b.isEmpty()) continue;
      arrow(painter, {a.right(), a.center().y()}, {b.left(), b.center().y()}, scene.theme.flow);
    }
  }
  if (scene.hover != scene.selected) outline(painter, boxes.of(scene.hover), scene.theme.hover, 1.5);
  if (scene.cursor_x >= 0) {
    QColor line = scene.theme.text;
    line.setAlpha(110);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(QRectF(std::floor(scene.cursor_x), 0, 1, scene.size.height()), line);
  }
  painter.restore();
}

}  // namespace braid
