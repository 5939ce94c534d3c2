// SPDX-License-Identifier: Apache-2.0
// The band between two timelines: how busy either run is at a time, and which is busier. Needs no widget.
#pragma once

#include <QPainter>

#include "gui/model/run_compare.hpp"
#include "gui/paint/theme.hpp"

namespace braid {

/// Purple for the first run, green for the second: no category has these, and all kinds of colour vision tell them
/// apart (the ends of PRGn in [Brewer03] "ColorBrewer").
QColor busier_colour(const Theme& theme, bool first);

/// Fills `where`, a pixel of the band a unit of width. Its top quarter is the first run's busy share, growing upwards,
/// its bottom quarter the second's, growing downwards; between them the difference, as high as it is large, above the
/// middle and in the first run's colour where that one is busier, below it in the second's where the other is.
void paint_compare_band(QPainter& painter, const DifferenceBand& band, const Theme& theme, QRectF where);

}  // namespace braid
