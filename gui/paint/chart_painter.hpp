// SPDX-License-Identifier: Apache-2.0
// Counters below the timeline, on the same time axis: memory by class stacked, links, occupancy.
#pragma once

#include <QPainter>
#include <string>
#include <vector>

#include "gui/paint/scene.hpp"

namespace braid {

struct Chart {
  enum class Kind { memory, links, occupancy };
  Kind kind = Kind::memory;
  std::int32_t rank = -1;  ///< position in RunView::ranks; -1: of the whole cluster
  std::string title;       ///< "memory of rank 3"
};
/// The charts that the run has counters for.
std::vector<Chart> charts_of(const RunView& run);

/// Paints one chart into `where`; min and max of each pixel, so that no peak is lost at any zoom.
void paint_chart(QPainter& painter, const Scene& scene, const Chart& chart, QRectF where);
/// "activations 12.3 GiB, deferred W 1.1 GiB, ...": what the chart shows at a time.
std::string chart_values(const RunView& run, const Chart& chart, std::int64_t time);

}  // namespace braid
