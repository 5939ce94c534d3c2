// SPDX-License-Identifier: Apache-2.0
// What is where in the body.
#include <algorithm>
#include <cmath>

#include "gui/paint/scene_geometry.hpp"
#include "gui/paint/timeline_painter.hpp"

namespace braid {
namespace {

TimeMap map_of(const PixelGrid& grid, double width) {
  return {{grid.time(0), std::max(grid.time(0) + 1, grid.time(width))}, width};
}

double device_width(const Scene& scene) { return std::round(scene.size.width() * scene.device_pixel_ratio); }

QRectF box_in(const Scene& scene, const RowPlace& place, double x0, double x1) {
  const double ratio = scene.device_pixel_ratio;
  const int top = std::max(place.clip_top, place.top + place.bar_top);
  const int bottom = std::min(place.clip_bottom, place.top + place.bar_top + place.bar_height);
  return {x0 / ratio, top / ratio, (x1 - x0) / ratio, std::max(0, bottom - top) / ratio};
}

bool is_one_row(const LayoutRow& row) { return row.kind == LayoutRow::Kind::spans && !row.members.empty(); }

}  // namespace

std::vector<Block> blocks(const Scene& scene) {
  std::vector<Block> all;
  if (!scene.trace) return all;
  const RunView& run = scene.trace->run();
  const Coverage& coverage = scene.trace->coverage();
  const PixelGrid grid = grid_of(scene);
  const double width = device_width(scene);
  const TimeMap map = map_of(grid, width);
  for (const RowPlace& place : visible_rows(scene)) {
    const LayoutRow& row = scene.rows[place.row];
    if (!is_one_row(row) || !coverage.draws_spans(row.members.front(), map)) continue;
    const std::uint32_t member = row.members.front();
    for (std::uint32_t i = coverage.first_span(member, map.range.begin); i < run.rows[member].end; ++i) {
      const double x0 = grid.x(run.start[i]), x1 = grid.x(run.end[i]);
      if (x0 >= width) break;
      if (x1 <= 0 || run.start[i] == run.end[i]) continue;
      const QRectF box = box_in(scene, place, std::max(0.0, x0), std::min(width, x1));
      if (box.height() > 0) all.push_back({.span = i, .row = place.row, .box = box});
    }
  }
  return all;
}

QRectF box_of(const Scene& scene, std::uint32_t span) {
  if (!scene.trace || span >= scene.trace->run().spans()) return {};
  const RunView& run = scene.trace->run();
  const std::uint32_t row = run.row_of(span);
  const PixelGrid grid = grid_of(scene);
  for (const RowPlace& place : visible_rows(scene)) {
    const LayoutRow& at = scene.rows[place.row];
    if (is_one_row(at) && at.members.front() == row) {
      return box_in(scene, place, grid.x(run.start[span]), grid.x(run.end[span]));
    }
  }
  return {};
}

std::uint32_t hit_test(const Scene& scene, QPointF point) {
  if (!scene.trace || point.x() < 0 || point.x() >= scene.size.width()) return kNoIndex;
  const std::size_t row = row_at_point(scene, point.y());
  if (row >= scene.rows.size() || !is_one_row(scene.rows[row])) return kNoIndex;
  const RunView& run = scene.trace->run();
  const std::uint32_t member = scene.rows[row].members.front();
  const PixelGrid grid = grid_of(scene);
  const double x = point.x() * scene.device_pixel_ratio;
  const auto end = static_cast<std::uint32_t>(run.rows[member].end);
  const std::uint32_t next = scene.trace->coverage().first_span(member, grid.time(x));
  // What covers the point; else what is nearest, up to two pixels away.
  constexpr double kReach = 2;
  const double after = next < end ? grid.x(run.start[next]) - x : kReach + 1;
  if (after <= 0) return next;
  const double before = next > run.rows[member].begin ? x - grid.x(run.end[next - 1]) : kReach + 1;
  if (std::min(before, after) > kReach) return kNoIndex;
  return before <= after ? next - 1 : next;
}

}  // namespace braid
