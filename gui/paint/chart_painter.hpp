// SPDX-License-Identifier: Apache-2.0
// Counters below the timeline, on the same time axis. At no zoom is a peak lost, and none is made wider than it is:
// - memory, stacked: the bands of a pixel are those of its fullest instant, paler above what is never free in it;
// - SMs, stacked: bands are means over the pixel, a shade reaches up to its highest sum;
// - links and others, lines: the mean over the pixel, a shade from its lowest to its highest value.
#pragma once

#include <QPainter>

#include "gui/model/charts.hpp"
#include "gui/paint/scene.hpp"

namespace braid {

/// The colour of a series of a chart.
QColor series_colour(const Theme& theme, const ChartData& data, std::size_t series);

/// The value at the top of the axis: all that the chart holds fits below, and the GPU's capacity where it is not far.
double axis_top(const ChartData& data);

/// The chart over Scene::range, right of the first kLabelColumn pixels of `where`: what costs, and does not change
/// while the cursor moves. `ghost`, the same chart of an older result, is a line over it: its sum as the bands have it.
void paint_chart_body(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where,
                      const ChartData* ghost = nullptr);
/// Selection, cursor, and at the left the title with the values at the cursor; without one those of the fullest instant
/// in view (memory) or their means.
void paint_chart_marks(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where);

/// Both.
void paint_chart(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where);

/// The same for pictures that are painted once: prepares the data first.
void paint_chart(QPainter& painter, const Scene& scene, const Chart& chart, QRectF where);

}  // namespace braid
