// SPDX-License-Identifier: Apache-2.0
#include "validate/report/validation_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/report/svg.hpp"
#include "validate/report/figures.hpp"

namespace braid {
namespace {

constexpr double kNames = 230;   ///< width of the names
constexpr double kFigures = 80;  ///< on either side of the bars, for figures
constexpr double kZero = kNames + kFigures + (1200 - kNames - 2 * kFigures) / 2;
constexpr double kHalf = kZero - kNames - kFigures;
constexpr double kBar = 16;
constexpr double kRow = 24;

struct SignedBar {
  std::string name;
  double share = 0;  ///< of the measured step
  std::string title;
};

std::string bar(const SignedBar& one, double scale, double y) {
  const double width = scale > 0 ? std::abs(one.share) / scale * kHalf : 0;
  const bool slow = one.share > 0;
  std::string text = fmt::format("<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>", shortest(kNames - 12),
                                 shortest(y + kBar * 0.8), escaped(one.name));
  text += svg_rect({.x = slow ? kZero : kZero - width, .y = y, .width = std::max(width, 0.5), .height = kBar},
                   slow ? "tp" : "busy", one.title);
  text += fmt::format("<text class=\"total\" text-anchor=\"{}\" x=\"{}\" y=\"{}\">{} %</text>\n",
                      slow ? "start" : "end", shortest(slow ? kZero + width + 6 : kZero - width - 6),
                      shortest(y + kBar * 0.8), signed_percent(one.share));
  return text;
}

}  // namespace

std::string attribution_bars(const ValidationRun& run, std::size_t most_classes) {
  const Attribution& a = run.attribution;
  const Seconds step = run.measured_step();
  const auto share = [&](Seconds part, const char* what) {
    return fmt::format("{} ({} % of the measured step)", what, signed_percent(part / step));
  };
  std::vector<SignedBar> bars;
  const auto add = [&](std::string name, Seconds part, const char* what) {
    bars.push_back({.name = std::move(name), .share = part / step, .title = share(part, what)});
  };
  add("error of the step", run.predicted_step() - step, "predicted - measured");
  add("profile", a.profile_error(), "durations that differ from the profile's");
  add("model", a.model_error(), "waiting, order and launches that differ from the engine's");
  if (const Seconds tracing = run.tracing_error(); tracing.value != 0) {
    add("traced, not untraced", tracing, "the traced step that was kept against the median untraced one");
  }
  const std::size_t parts = bars.size();
  for (const ClassExplains& one : a.classes) {
    if (bars.size() == parts + most_classes || one.explained.value == 0) break;
    add(one.name, one.explained, "with this class alone as measured");
  }
  double scale = 0;
  for (const SignedBar& one : bars) scale = std::max(scale, std::abs(one.share));
  const double gap = bars.size() > parts ? kRow / 2 : 0;
  const double height = kRow * static_cast<double>(bars.size()) + gap;
  std::string text = fmt::format(
      "<svg class=\"bars\" viewBox=\"0 0 1200 {}\" role=\"img\" aria-label=\"Where the error comes from\">\n",
      shortest(height));
  text += svg_rect({.x = kZero - 0.5, .y = 0, .width = 1, .height = height}, "drain");
  double y = (kRow - kBar) / 2;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (i == parts) y += gap;
    text += bar(bars[i], scale, y);
    y += kRow;
  }
  return text + "</svg>\n";
}

}  // namespace braid
