// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/report/ticks.hpp"
#include "sim/sweep/report/survey.hpp"

namespace braid {
namespace {

constexpr double kMargin = 0.05;  ///< of the extent, at each side
constexpr std::size_t kShapes = 5;

std::vector<double> logarithmic_ticks(double low, double high, std::size_t most) {
  for (const auto& factors : {std::vector<double>{1, 2, 5}, std::vector<double>{1}}) {
    std::vector<double> ticks;
    for (int power = static_cast<int>(std::floor(std::log10(low))); power <= std::log10(high); ++power) {
      for (const double factor : factors) {
        const double tick = factor * std::pow(10, power);
        if (tick >= low && tick <= high) ticks.push_back(tick);
      }
    }
    if (ticks.size() <= most) return ticks;
  }
  return {low, high};
}

/// A path around the origin; all of about the same area.
std::string shape(std::size_t which, double x, double y, double r) {
  const auto at = [](double v) { return shortest(v, 1); };
  switch (which) {
    case 0:
      return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", at(x), at(y), at(r));
    case 1:
      return fmt::format("<path d=\"M{} {}h{}v{}h-{}z\"", at(x - r * 0.89), at(y - r * 0.89), at(r * 1.78),
                         at(r * 1.78), at(r * 1.78));
    case 2:
      return fmt::format("<path d=\"M{} {}l{} {}h-{}z\"", at(x), at(y - r * 1.4), at(r * 1.3), at(r * 2.2),
                         at(r * 2.6));
    case 3:
      return fmt::format("<path d=\"M{} {}l{} {}l-{} {}l-{} -{}z\"", at(x), at(y - r * 1.3), at(r * 1.3), at(r * 1.3),
                         at(r * 1.3), at(r * 1.3), at(r * 1.3), at(r * 1.3));
    default:
      return fmt::format("<path d=\"M{} {}h{}l-{} {}z\"", at(x - r * 1.3), at(y - r), at(r * 2.6), at(r * 1.3),
                         at(r * 2.2));
  }
}

}  // namespace

double PlotAxis::share(double value) const {
  if (logarithmic) return std::log(value / low) / std::log(high / low);
  return (value - low) / (high - low);
}

PlotAxis axis_of(std::string title, const std::vector<double>& values, std::size_t most_ticks, bool logarithmic) {
  PlotAxis axis{.title = std::move(title)};
  if (values.empty()) return axis;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  double low = *least, high = *most;
  axis.logarithmic = logarithmic && low > 0 && low < high;
  if (axis.logarithmic) {
    const double margin = std::pow(high / low, kMargin);
    axis.low = low / margin;
    axis.high = high * margin;
  } else {
    if (low >= 0 && low < high / 2) low = 0;
    if (low == high) {
      const double half = low == 0 ? 1 : std::abs(low) / 2;
      low -= half;
      high += half;
    }
    const double margin = (high - low) * kMargin;
    axis.low = low == 0 ? 0 : low - margin;
    axis.high = high + margin;
  }
  const auto ticks = axis.logarithmic ? logarithmic_ticks(axis.low, axis.high, most_ticks)
                                      : round_ticks(axis.low, axis.high, static_cast<int>(most_ticks));
  for (const double tick : ticks) axis.ticks.push_back({.value = tick, .label = short_number(tick)});
  return axis;
}

std::string series_class(std::size_t series) { return fmt::format("s{}", series % kSeriesColours); }

std::string svg_text(double x, double y, std::string_view css_class, std::string_view text) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>", css_class, shortest(x, 1), shortest(y, 1),
                     escaped(text));
}

std::string plot_begin(const Plot& plot, double width, double height, std::string_view label) {
  const Box& in = plot.inner;
  std::string text = fmt::format("<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                                 shortest(width), shortest(height), escaped(label));
  std::string grid;
  for (const PlotTick& tick : plot.x.ticks) {
    grid += fmt::format("M{} {}v{}", shortest(plot.px(tick.value), 1), shortest(in.y), shortest(in.height));
    text += svg_text(plot.px(tick.value), in.y + in.height + 17, "tick x", tick.label);
  }
  for (const PlotTick& tick : plot.y.ticks) {
    grid += fmt::format("M{} {}h{}", shortest(in.x), shortest(plot.py(tick.value), 1), shortest(in.width));
    text += svg_text(in.x - 8, plot.py(tick.value) + 4, "tick y", tick.label);
  }
  text += fmt::format("<path class=\"grid\" d=\"{}\"/><path class=\"edge\" d=\"M{} {}v{}h{}\"/>", grid, shortest(in.x),
                      shortest(in.y), shortest(in.height), shortest(in.width));
  text += svg_text(in.x + in.width / 2, in.y + in.height + 38, "axis x", plot.x.title);
  return text + svg_text(in.x - 8, in.y - 10, "axis y", plot.y.title) + "\n";
}

std::string mark(std::size_t series, double x, double y, double radius, bool hollow, std::string_view title) {
  const std::string begin = shape(series % kShapes, x, y, radius) +
                            fmt::format(" class=\"mark {}{}\"", series_class(series), hollow ? " hollow" : "");
  if (title.empty()) return begin + "/>";
  return begin + fmt::format("><title>{}</title></{}>", escaped(title), series % kShapes == 0 ? "circle" : "path");
}

std::string series_legend(const std::vector<std::string>& names) {
  std::string text = "<div class=\"legend\">";
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += "<span><svg class=\"key\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\">" + mark(i, 8, 8, 5, false, {}) +
            "</svg>" + escaped(names[i]) + "</span>";
  }
  return text + "</div>\n";
}

}  // namespace braid
