// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/report/tornado_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/sweep/report/plot.hpp"
#include "sim/sweep/report/survey.hpp"

namespace braid {
namespace {

constexpr double kWidth = 1200, kLeft = 360, kRight = 90, kRow = 34, kBar = 22, kBottom = 50, kTop = 24;
constexpr double kNameEnd = 270;

double change(double value, double base) { return 100 * (value / base - 1); }
double width_of(const Sensitivity& s) {
  return std::max({std::abs(change(s.low, s.base)), std::abs(change(s.high, s.base))});
}

}  // namespace

std::string tornado_svg(const std::vector<Sensitivity>& sensitivities) {
  std::vector<Sensitivity> all;
  std::vector<double> changes{0};
  for (const Sensitivity& s : sensitivities) {
    if (!(s.base > 0)) continue;
    all.push_back(s);
    changes.push_back(change(s.low, s.base));
    changes.push_back(change(s.high, s.base));
  }
  if (all.empty()) return "";
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return width_of(a) > width_of(b); });
  const auto [least, most] = std::minmax_element(changes.begin(), changes.end());
  const double margin = std::max(0.5, (*most - *least) * 0.08);
  Plot plot{.inner = {.x = kLeft,
                      .y = kTop,
                      .width = kWidth - kLeft - kRight,
                      .height = kRow * static_cast<double>(all.size())},
            .x = axis_of("change of tokens/s, %", {*least - margin, *most + margin}, 9),
            .y = {}};
  std::string text =
      plot_begin(plot, kWidth, kTop + kRow * static_cast<double>(all.size()) + kBottom, "Change of tokens a second");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Sensitivity& s = all[i];
    const double y = kTop + kRow * static_cast<double>(i) + (kRow - kBar) / 2;
    const double zero = plot.px(0);
    text += svg_text(kNameEnd, y + kBar * 0.68, "name", s.what);
    // Two bars to one side lie in one another: the longer one is painted first.
    const double low = change(s.low, s.base), high = change(s.high, s.base);
    std::vector<std::pair<double, const char*>> bars{{low, "less"}, {high, "more"}};
    if (std::abs(high) > std::abs(low)) std::swap(bars[0], bars[1]);
    for (const auto& [percent, name] : bars) {
      const double x = plot.px(percent);
      text += svg_rect({.x = std::min(x, zero), .y = y, .width = std::abs(x - zero), .height = kBar}, name,
                       fmt::format("{}, {}: {} tokens/s, {:+.1f} %", s.what, name,
                                   short_number(percent == low ? s.low : s.high), percent));
    }
    text += svg_text(plot.px(std::min({low, high, 0.0})) - 6, y + kBar * 0.68, "value left",
                     fmt::format("{:+.1f} %", std::min(low, high)));
    text += svg_text(plot.px(std::max({low, high, 0.0})) + 6, y + kBar * 0.68, "value",
                     fmt::format("{:+.1f} %", std::max(low, high))) +
            "\n";
  }
  return text + fmt::format("<path class=\"edge\" d=\"M{} {}v{}\"/></svg>\n", shortest(plot.px(0), 1), shortest(kTop),
                            shortest(plot.inner.height));
}

}  // namespace braid
