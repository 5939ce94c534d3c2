// SPDX-License-Identifier: Apache-2.0
// Just enough of SVG and HTML for reports: text that is safe, numbers that are short, rectangles.
#pragma once

#include <string>
#include <string_view>

namespace braid {

/// With & < > " and ' as entities; bytes that are not UTF-8 and control characters become '?'.
std::string escaped(std::string_view text);

/// With `digits` decimals at most and no zeros behind them: "12.5", "3".
std::string shortest(double value, int digits = 2);

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

/// A rectangle of a CSS class; a tooltip if `title` is not empty. Both texts are escaped here.
std::string svg_rect(const Box& box, std::string_view css_class, std::string_view title = {});
/// The subpath of a rectangle: many in one <path> are far smaller than as many <rect>.
std::string svg_subpath(const Box& box);

}  // namespace braid
