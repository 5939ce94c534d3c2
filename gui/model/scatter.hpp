// SPDX-License-Identifier: Apache-2.0
// The configurations of a sweep as points: axes, the Pareto front, which point is under the cursor.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/report/ticks.hpp"
#include "sim/sweep/store/store.hpp"

namespace braid {

enum class SweepAxis { step_time, tokens_per_s, peak_memory, cost, gpus };
inline constexpr SweepAxis kSweepAxes[] = {SweepAxis::step_time, SweepAxis::tokens_per_s, SweepAxis::peak_memory,
                                           SweepAxis::cost, SweepAxis::gpus};

/// "step time"; what an axis is called.
const char* to_text(SweepAxis axis);
/// Tokens a second; of everything else less is better.
bool more_is_better(SweepAxis axis);
/// Seconds, tokens a second, bytes, the store's currency, GPUs; none for a failed one or where no price is known.
std::optional<double> value_of(const Configuration& configuration, SweepAxis axis);
/// "1.234 s", "61.2 GB", "0.5 USD".
std::string value_text(double value, SweepAxis axis, const std::string& currency);

enum class SweepColour { schedule, tp };
/// What a point is coloured by: "stp", "TP 8".
std::string colour_group(const Configuration& configuration, SweepColour by);

struct ScatterPoint {
  std::size_t configuration = 0;  ///< position among the configurations
  double x = 0, y = 0;            ///< values
  bool fits = true;               ///< into the memory of its GPU
};
/// Of those that have both values.
std::vector<ScatterPoint> scatter(const std::vector<Configuration>& configurations, SweepAxis x, SweepAxis y);

/// Positions of the points that no other one beats: as good on both axes and better on one. Only of those that fit;
/// by x. Of equal points the first.
std::vector<std::size_t> pareto_front(const std::vector<ScatterPoint>& points, SweepAxis x, SweepAxis y);

/// From values to pixels of a box with its origin at the top left, y upwards.
struct ScatterMap {
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;  ///< low < high
  double width = 0, height = 0;

  double x(double value) const { return (value - x_low) / (x_high - x_low) * width; }
  double y(double value) const { return height - (value - y_low) / (y_high - y_low) * height; }
};
/// Shows all points, with a margin, and 0 where that is near.
ScatterMap scatter_map(const std::vector<ScatterPoint>& points, double width, double height);

/// The point nearest to the pixel, at most `reach` pixels away.
std::optional<std::size_t> nearest_point(const std::vector<ScatterPoint>& points, const ScatterMap& map, double x,
                                         double y, double reach = 8);

}  // namespace braid
