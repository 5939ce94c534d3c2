// SPDX-License-Identifier: Apache-2.0
// Counters below the timeline, on the same time axis: memory by class stacked, links as lines, SMs stacked.
//
// Each pixel shows the instant of its highest sum, bands and all, so no peak is lost at any zoom; between its lowest
// and its highest sum the bands are paler. Lines span the lowest to the highest value of a pixel.
#pragma once

#include <QPainter>

#include "gui/model/charts.hpp"
#include "gui/paint/scene.hpp"

namespace braid {

/// The colour of a series of a chart.
QColor series_colour(const Theme& theme, const ChartData& data, std::size_t series);

/// The value at the top of the axis: all that the chart holds fits below, and the GPU's capacity where it is not far.
double axis_top(const ChartData& data);

/// Paints into `where`: at its left, kLabelColumn wide, the title and the values at the cursor (without one, at the
/// highest sum or value in view), then the chart over Scene::range.
void paint_chart(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where);

/// The same for pictures that are painted once: prepares the data first.
void paint_chart(QPainter& painter, const Scene& scene, const Chart& chart, QRectF where);

}  // namespace braid
