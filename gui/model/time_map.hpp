// SPDX-License-Identifier: Apache-2.0
// Between time and pixels. Times are whole nanoseconds; a difference is taken before anything becomes floating point.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace braid {

/// [begin, end) in nanoseconds.
struct TimeRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t length() const { return end - begin; }
  bool holds(std::int64_t time) const { return begin <= time && time < end; }
  bool operator==(const TimeRange&) const = default;
};

struct TimeMap {
  TimeRange range;
  double width = 0;  ///< pixels; range and width are positive

  double ns_per_pixel() const { return static_cast<double>(range.length()) / width; }
  double x(std::int64_t time) const { return static_cast<double>(time - range.begin) / ns_per_pixel(); }
  std::int64_t time(double pixel) const { return range.begin + std::llround(pixel * ns_per_pixel()); }
};

/// Pixels of equal length that stay where they are in time when a view is moved by whole pixels: pixel p of the view is
/// [zero + (first + p) * step, zero + (first + p + 1) * step).
struct PixelGrid {
  std::int64_t zero = 0;   ///< ns
  double step = 1;         ///< ns a pixel
  std::int64_t first = 0;  ///< of the view's first pixel, counted from zero

  /// In pixels from zero, whatever the view.
  double place(std::int64_t time) const { return static_cast<double>(time - zero) / step; }
  /// In pixels from the left of the view.
  double x(std::int64_t time) const { return place(time) - static_cast<double>(first); }
  std::int64_t time(double x) const { return zero + std::llround((static_cast<double>(first) + x) * step); }
  bool operator==(const PixelGrid&) const = default;
};

/// The range `factor` times as long (below 1: zoomed in) in which `anchor` keeps its place; not shorter than 10 ns.
inline TimeRange zoomed(TimeRange range, double factor, std::int64_t anchor) {
  const double share =
      range.length() > 0 ? static_cast<double>(anchor - range.begin) / static_cast<double>(range.length()) : 0.5;
  const auto length = std::max<std::int64_t>(10, std::llround(static_cast<double>(range.length()) * factor));
  const std::int64_t begin = anchor - std::llround(share * static_cast<double>(length));
  return {begin, begin + length};
}

/// Moved so that it lies inside `limits`, and not longer than they are.
inline TimeRange clamped(TimeRange range, TimeRange limits) {
  if (range.length() >= limits.length()) return limits;
  if (range.begin < limits.begin) return {limits.begin, limits.begin + range.length()};
  if (range.end > limits.end) return {limits.end - range.length(), limits.end};
  return range;
}

}  // namespace braid
