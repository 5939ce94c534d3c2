// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/tornado_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/sweep/report/plot.hpp"

namespace braid {
namespace {

constexpr double kWidth = 1200, kLeft = 420, kRight = 170, kRow = 34, kBar = 22, kBottom = 50, kTop = 24;
constexpr double kNameEnd = 250;

double percent_of(double ratio) { return 100 * (ratio - 1); }
double longest(const Sensitivity& s) {
  return std::max(std::abs(percent_of(s.low.value_or(1))), std::abs(percent_of(s.high.value_or(1))));
}

struct TornadoBar {
  double percent = 0;
  const char* css_class = "";
  std::string label;
};

/// The longer one first, so that of two to one side the shorter one is painted over it.
std::vector<TornadoBar> bars_of(const Sensitivity& s) {
  std::vector<TornadoBar> bars;
  if (s.low) bars.push_back({.percent = percent_of(*s.low), .css_class = "less", .label = s.low_label});
  if (s.high) bars.push_back({.percent = percent_of(*s.high), .css_class = "more", .label = s.high_label});
  std::stable_sort(bars.begin(), bars.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.percent) > std::abs(b.percent); });
  return bars;
}

}  // namespace

std::string tornado_svg(const std::vector<Sensitivity>& sensitivities) {
  std::vector<Sensitivity> all;
  std::vector<double> percents{0};
  for (const Sensitivity& s : sensitivities) {
    if (!s.low && !s.high) continue;
    all.push_back(s);
    for (const TornadoBar& bar : bars_of(s)) percents.push_back(bar.percent);
  }
  if (all.empty()) return "";
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return longest(a) > longest(b); });
  const auto [least, most] = std::minmax_element(percents.begin(), percents.end());
  const double margin = std::max(0.5, (*most - *least) * 0.12);
  const double height = kRow * static_cast<double>(all.size());
  const Plot plot{.inner = {.x = kLeft, .y = kTop, .width = kWidth - kLeft - kRight, .height = height},
                  .x = axis_of("change of tokens/s, %", {*least - margin, *most + margin}, 9),
                  .y = {}};
  std::string text = plot_begin(plot, kWidth, kTop + height + kBottom, "Change of tokens a second");
  const double zero = plot.px(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double y = kTop + kRow * static_cast<double>(i) + (kRow - kBar) / 2;
    text += svg_text(kNameEnd, y + kBar * 0.68, "name", all[i].what);
    const std::vector<TornadoBar> bars = bars_of(all[i]);
    double left = zero, right = zero;
    std::string left_label, right_label;
    for (const TornadoBar& bar : bars) {
      const double x = plot.px(bar.percent);
      const std::string label = fmt::format("{}: {:+.1f} %", bar.label, bar.percent);
      text += svg_rect({.x = std::min(x, zero), .y = y, .width = std::abs(x - zero), .height = kBar}, bar.css_class,
                       all[i].what + ", " + label);
      // Of two to one side both are told, the longer one first.
      std::string& side = bar.percent < 0 ? left_label : right_label;
      side += (side.empty() ? "" : "; ") + label;
      left = std::min(left, x);
      right = std::max(right, x);
    }
    text += svg_text(left - 6, y + kBar * 0.68, "value left", left_label) +
            svg_text(right + 6, y + kBar * 0.68, "value", right_label) + "\n";
  }
  return text + fmt::format("<path class=\"edge\" d=\"M{} {}v{}\"/></svg>\n", shortest(zero, 1), shortest(kTop),
                            shortest(height));
}

}  // namespace braid
