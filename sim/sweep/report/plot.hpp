// SPDX-License-Identifier: Apache-2.0
// Two axes with names and units as inline SVG, and marks that differ in colour and in shape; to be styled by
// sweep_style().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/svg.hpp"

namespace braid {

struct PlotTick {
  double value = 0;
  std::string label;
};

struct PlotAxis {
  std::string title;  ///< with the unit
  double low = 0, high = 1;
  bool logarithmic = false;
  std::vector<PlotTick> ticks;

  /// 0 at low, 1 at high.
  double share(double value) const;
};

/// From the smallest to the largest value with a margin, from 0 where that is near, ticks at round values. Logarithmic
/// if asked to and all values are above 0.
PlotAxis axis_of(std::string title, const std::vector<double>& values, std::size_t most_ticks,
                 bool logarithmic = false);

struct Plot {
  Box inner;  ///< in the picture; y of its lower edge is the low end of the axis
  PlotAxis x, y;

  double px(double value) const { return inner.x + x.share(value) * inner.width; }
  double py(double value) const { return inner.y + (1 - y.share(value)) * inner.height; }
};

inline constexpr std::size_t kSeriesColours = 8;
/// The CSS class "s3" of a series' colour; they repeat after kSeriesColours, shapes after another number.
std::string series_class(std::size_t series);

/// <svg class="plot" ...> with grid, ticks and titles; to be closed by the caller.
std::string plot_begin(const Plot& plot, double width, double height, std::string_view label);
/// A mark of a series around a point; hollow says "not really".
std::string mark(std::size_t series, double x, double y, double radius, bool hollow, std::string_view title);
/// Marks of all series with their names.
std::string series_legend(const std::vector<std::string>& names);
std::string svg_text(double x, double y, std::string_view css_class, std::string_view text);

}  // namespace braid
