// SPDX-License-Identifier: Apache-2.0
#include "sim/report/bars_svg.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/svg.hpp"

namespace braid {
namespace {

constexpr double kLeft = 150;   ///< for the names of runs
constexpr double kRight = 110;  ///< for the totals
constexpr double kBars = 1200 - kLeft - kRight;
constexpr double kBar = 26;
constexpr double kRow = 38;
constexpr double kNarrowestLabel = 46;

std::string text_at(double x, double y, std::string_view css_class, const std::string& text) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>", css_class, shortest(x), shortest(y),
                     escaped(text));
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

BarPart time_part(const std::string& css_class, const char* name, const OverRanks& over, Seconds step) {
  return {.css_class = css_class,
          .value = over.mean.value,
          .title = fmt::format("{}: {} of the step, {}\nworst: rank {}, {}", name, percent(over.mean / step),
                               to_text(over.mean), over.worst_rank, to_text(over.worst)),
          .label = percent(over.mean / step)};
}

}  // namespace

std::string stacked_bars(const std::vector<Bar>& all, double scale, const char* label) {
  const double height = kRow * static_cast<double>(all.size());
  std::string text = fmt::format("<svg class=\"bars\" viewBox=\"0 0 1200 {}\" role=\"img\" aria-label=\"{}\">\n",
                                 shortest(height), label);
  double y = 6;
  for (const Bar& bar : all) {
    text += text_at(kLeft - 12, y + kBar * 0.68, "name", bar.name);
    double x = kLeft;
    for (const BarPart& part : bar.parts) {
      const double width = scale > 0 ? part.value / scale * kBars : 0;
      if (width < 0.05) continue;
      text += svg_rect({.x = x, .y = y, .width = width, .height = kBar}, part.css_class, part.title);
      if (width >= kNarrowestLabel) text += text_at(x + width / 2, y + kBar * 0.66, "inside", part.label);
      x += width;
    }
    text += text_at(x + 8, y + kBar * 0.68, "total", bar.total);
    if (bar.limit > 0 && bar.limit <= scale) {
      const double at = kLeft + bar.limit / scale * kBars;
      text += svg_rect({.x = at - 1, .y = y - 4, .width = 2, .height = kBar + 8}, "limit", "memory of the GPU");
    }
    text += "\n";
    y += kRow;
  }
  return text + "</svg>\n";
}

std::string time_bars(const Comparison& comparison) {
  std::vector<Bar> all;
  double longest = 0;
  for (const RunReport& run : comparison.runs) {
    longest = std::max(longest, run.step_time.value);
    Bar bar{.name = run.schedule, .total = to_text(run.step_time), .parts = {}};
    bar.parts.push_back(time_part("busy", "computing", run.busy, run.step_time));
    bar.parts.push_back(time_part("stretch", "stretched by contention", run.stretch, run.step_time));
    for (std::size_t c = 0; c < kCauses; ++c) {
      const char* cause = to_text(static_cast<Cause>(c));
      bar.parts.push_back(time_part(cause, cause, run.idle[c], run.step_time));
    }
    all.push_back(std::move(bar));
  }
  return stacked_bars(all, longest, "Where the step goes");
}

std::string memory_bars(const Comparison& comparison) {
  std::vector<Bar> all;
  double scale = 0;
  for (const RunReport& run : comparison.runs) {
    scale = std::max({scale, run.peak.bytes.value, run.gpu_memory.value});
    Bar bar{.name = run.schedule,
            .total = to_text(run.peak.bytes) + (run.fits() ? "" : "  too much"),
            .parts = {},
            .limit = run.gpu_memory.value};
    for (std::size_t c = 0; c < kMemoryClasses; ++c) {
      const char* name = to_text(static_cast<MemoryClass>(c));
      const Bytes bytes = run.peak.by_class[c];
      bar.parts.push_back(
          {.css_class = std::string("memory-") + name,
           .value = bytes.value,
           .title = fmt::format("{}: {} on rank {} at {}", name, to_text(bytes), run.peak.rank, to_text(run.peak.time)),
           .label = to_text(bytes)});
    }
    all.push_back(std::move(bar));
  }
  return stacked_bars(all, scale, "Memory of the fullest GPU");
}

}  // namespace braid
