// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/scene_geometry.hpp"

#include <algorithm>
#include <cmath>

namespace braid {

PixelGrid grid_of(const Scene& scene) {
  const double width = std::max(1.0, std::round(scene.size.width() * scene.device_pixel_ratio));
  const double step = static_cast<double>(std::max<std::int64_t>(1, scene.range.length())) / width;
  constexpr double kFine = 8;
  if (step < kFine) return {.zero = scene.range.begin, .step = step};
  const std::int64_t zero = scene.trace ? scene.trace->extent().begin : 0;
  return {.zero = zero, .step = step, .first = std::llround(static_cast<double>(scene.range.begin - zero) / step)};
}

int pinned_bottom(const Scene& scene) {
  double bottom = 0;
  for (const LayoutRow& row : scene.rows) {
    if (!row.pinned) break;
    bottom = row.top + row.height;
  }
  return static_cast<int>(std::lround(bottom * scene.device_pixel_ratio));
}

void visible_rows(const Scene& scene, std::vector<RowPlace>& out) {
  out.clear();
  const double ratio = scene.device_pixel_ratio;
  const auto body = static_cast<int>(std::lround(scene.size.height() * ratio));
  const int pinned = std::min(pinned_bottom(scene), body);
  const auto scroll = static_cast<int>(std::lround(scene.scroll * ratio));
  for (std::size_t i = 0; i < scene.rows.size(); ++i) {
    const LayoutRow& row = scene.rows[i];
    const int shift = row.pinned ? 0 : scroll;
    RowPlace place{.row = i};
    place.top = static_cast<int>(std::lround(row.top * ratio)) - shift;
    place.height = static_cast<int>(std::lround((row.top + row.height) * ratio)) - shift - place.top;
    place.clip_top = std::max(place.top, row.pinned ? 0 : pinned);
    place.clip_bottom = std::min(place.top + place.height, row.pinned ? pinned : body);
    if (place.clip_top >= place.clip_bottom) continue;
    const int above = place.height >= 16 ? 1 : 0, below = place.height >= 6 ? 1 : 0;
    place.bar_top = above;
    place.bar_height = place.height - above - below;
    out.push_back(place);
  }
}

std::vector<RowPlace> visible_rows(const Scene& scene) {
  std::vector<RowPlace> places;
  visible_rows(scene, places);
  return places;
}

std::size_t row_at_point(const Scene& scene, double y) {
  const double pinned = pinned_bottom(scene) / scene.device_pixel_ratio;
  if (y < 0 || y >= scene.size.height()) return scene.rows.size();
  const std::size_t row = row_at(scene.rows, y < pinned ? y : y + scene.scroll);
  return row < scene.rows.size() && scene.rows[row].pinned == (y < pinned) ? row : scene.rows.size();
}

std::int64_t tick_step(double ns_per_pixel, double apart) {
  const double wanted = ns_per_pixel * apart;
  std::int64_t power = 1;
  while (static_cast<double>(power) * 10 <= wanted && power < 1'000'000'000'000'000'000) power *= 10;
  for (const int factor : {1, 2, 5}) {
    if (static_cast<double>(power) * factor >= wanted) return power * factor;
  }
  return power * 10;
}

std::int64_t first_tick(std::int64_t time, std::int64_t zero, std::int64_t step) {
  const std::int64_t after = time - zero;
  const std::int64_t whole = after / step;
  return zero + (whole * step < after ? whole + 1 : whole) * step;
}

}  // namespace braid
