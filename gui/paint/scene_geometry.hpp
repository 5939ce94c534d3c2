// SPDX-License-Identifier: Apache-2.0
// Where things lie in a picture: time across, rows down. What draws and what is asked for a point use the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gui/paint/scene.hpp"

namespace braid {

/// The grid of the body's device pixels. The view begins at the pixel of the grid that is nearest to the range's
/// begin, so that a view moved by whole pixels has the same pixels; below 8 ns a pixel at the range's begin itself.
PixelGrid grid_of(const Scene& scene);

/// A row in device pixels of the body.
struct RowPlace {
  std::size_t row = 0;  ///< into Scene::rows
  int top = 0, height = 0;
  /// What of it is not under pinned rows nor outside; from clip_top to clip_bottom, in pixels of the body.
  int clip_top = 0, clip_bottom = 0;
  /// The bar of colours within it, relative to top: the rest is the ground between rows.
  int bar_top = 0, bar_height = 0;
};
/// The rows that are visible, from the top.
std::vector<RowPlace> visible_rows(const Scene& scene);
void visible_rows(const Scene& scene, std::vector<RowPlace>& out);
/// Height of the pinned rows, device pixels.
int pinned_bottom(const Scene& scene);
/// The row at this height of the body in device-independent pixels, or rows.size().
std::size_t row_at_point(const Scene& scene, double y);

/// Distance of ticks in ns, 1, 2 or 5 times a power of ten, so that they are at least `apart` pixels from each other.
/// Never below 1 ns.
std::int64_t tick_step(double ns_per_pixel, double apart);
/// Of labelled ticks, device-independent pixels.
inline constexpr double kTickApart = 110;
/// The multiples of `step` after `zero` that lie at or after `time`: the first of them.
std::int64_t first_tick(std::int64_t time, std::int64_t zero, std::int64_t step);

/// Rows thinner than this are drawn as mixed colours whatever the mode.
inline constexpr int kThinBar = 5;

}  // namespace braid
