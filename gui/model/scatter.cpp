// SPDX-License-Identifier: Apache-2.0
#include "gui/model/scatter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/base/units.hpp"
#include "sim/sweep/store/front.hpp"

namespace braid {
namespace {

constexpr double kMargin = 0.06;  ///< of the extent, at each side

/// One axis' range; 0 belongs to it where the values reach from near to it to far from it.
std::pair<double, double> range_of(double low, double high) {
  if (low >= 0 && low < high / 2) low = 0;
  if (low == high) {
    const double half = low == 0 ? 1 : std::abs(low) / 2;
    return {low - half, high + half};
  }
  const double margin = (high - low) * kMargin;
  return {low == 0 ? 0 : low - margin, high + margin};
}

}  // namespace

const char* to_text(SweepAxis axis) {
  switch (axis) {
    case SweepAxis::step_time:
      return "step time";
    case SweepAxis::tokens_per_s:
      return "tokens/s";
    case SweepAxis::peak_memory:
      return "peak memory";
    case SweepAxis::cost:
      return "cost of a step";
    case SweepAxis::gpus:
      return "GPUs";
  }
  return "";
}

bool more_is_better(SweepAxis axis) { return axis == SweepAxis::tokens_per_s; }

std::optional<double> value_of(const Configuration& c, SweepAxis axis) {
  if (!c.ok()) return std::nullopt;
  std::optional<double> value;
  switch (axis) {
    case SweepAxis::step_time:
      value = c.step_time_s;
      break;
    case SweepAxis::tokens_per_s:
      value = c.tokens_per_s;
      break;
    case SweepAxis::peak_memory:
      value = c.peak_memory_bytes;
      break;
    case SweepAxis::cost:
      value = c.cost_per_step;
      break;
    case SweepAxis::gpus:
      value = c.gpus;
      break;
  }
  // A file may hold anything.
  if (value && !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::string value_text(double value, SweepAxis axis, const std::string& currency) {
  switch (axis) {
    case SweepAxis::step_time:
      return to_text(Seconds(value));
    case SweepAxis::peak_memory:
      return to_text(Bytes(value));
    case SweepAxis::cost:
      return fmt::format("{:.4g}{}{}", value, currency.empty() ? "" : " ", currency);
    case SweepAxis::tokens_per_s:
    case SweepAxis::gpus:
      break;
  }
  return value >= 1e6 ? fmt::format("{:.4g} M", value / 1e6) : fmt::format("{:.6g}", value);
}

std::string colour_group(const Configuration& configuration, SweepColour by) {
  return by == SweepColour::schedule ? configuration.run : fmt::format("TP {}", configuration.tp);
}

std::vector<ScatterPoint> scatter(const std::vector<Configuration>& configurations, SweepAxis x, SweepAxis y) {
  std::vector<ScatterPoint> points;
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    const std::optional<double> at_x = value_of(configurations[i], x), at_y = value_of(configurations[i], y);
    if (at_x && at_y) points.push_back({.configuration = i, .x = *at_x, .y = *at_y, .fits = configurations[i].fits});
  }
  return points;
}

std::vector<std::size_t> pareto_front(const std::vector<ScatterPoint>& points, SweepAxis x, SweepAxis y) {
  const double sign_x = more_is_better(x) ? -1 : 1, sign_y = more_is_better(y) ? -1 : 1;
  std::vector<std::size_t> candidates;
  std::vector<std::pair<double, double>> less_is_better;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!points[i].fits) continue;
    candidates.push_back(i);
    less_is_better.emplace_back(points[i].x * sign_x, points[i].y * sign_y);
  }
  std::vector<std::size_t> front;
  for (const std::size_t i : pareto_front(less_is_better)) front.push_back(candidates[i]);
  if (sign_x < 0) std::reverse(front.begin(), front.end());
  return front;
}

ScatterMap scatter_map(const std::vector<ScatterPoint>& points, double width, double height) {
  ScatterMap map{.width = width, .height = height};
  if (points.empty()) return map;
  const auto [left, right] =
      std::minmax_element(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.x < b.x; });
  const auto [low, high] =
      std::minmax_element(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.y < b.y; });
  std::tie(map.x_low, map.x_high) = range_of(left->x, right->x);
  std::tie(map.y_low, map.y_high) = range_of(low->y, high->y);
  return map;
}

std::optional<std::size_t> nearest_point(const std::vector<ScatterPoint>& points, const ScatterMap& map, double x,
                                         double y, double reach) {
  std::optional<std::size_t> best;
  double nearest = reach;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double away = std::hypot(map.x(points[i].x) - x, map.y(points[i].y) - y);
    if (away > nearest || (best && away == nearest)) continue;
    nearest = away;
    best = i;
  }
  return best;
}

}  // namespace braid
