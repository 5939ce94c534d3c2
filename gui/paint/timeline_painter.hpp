// SPDX-License-Identifier: Apache-2.0
// A scene as pixels. Needs no widget.
#pragma once

#include <QImage>
#include <QPainter>
#include <vector>

#include "gui/paint/scene.hpp"

namespace braid {

class TimelinePainter {
 public:
  /// Rows with their blocks, labels on blocks, grid lines; no overlays. The image is kept: an equal scene costs
  /// nothing, one moved in time or scrolled is shifted and only the strip that appears is painted.
  const QImage& body(const Scene& scene);
  /// Onto a painter whose origin is that of the body: hover, selection, area, flows, critical path, hits, cursor.
  void overlays(QPainter& painter, const Scene& scene) const;
  /// Body and overlays as one image.
  QImage picture(const Scene& scene);

  /// Pixels painted anew by the last body(): for tests of what is reused.
  std::size_t painted_pixels() const { return painted_pixels_; }

 private:
  QImage image_;
  Scene last_;
  std::size_t painted_pixels_ = 0;
};

/// The time axis above the rows: ticks at round times (1, 2, 5 times a power of ten), in the unit of the run.
void paint_ruler(QPainter& painter, const Scene& scene, QRectF where);
/// Names of rows and headings at the left, with their fold marks.
void paint_row_labels(QPainter& painter, const Scene& scene, QRectF where);
/// The whole run in a strip: mean shares over all compute rows, the visible range framed, ticks of hits.
void paint_minimap(QPainter& painter, const Scene& scene, QRectF where);
/// Swatches of what is in the run, and one line that says what a zoomed-out column shows.
void paint_legend(QPainter& painter, const Scene& scene, QRectF where);
/// How high the legend wants to be at this width.
double legend_height(const Scene& scene, double width);

/// Spans, or their outlines, as they lie in the body (device-independent pixels): what is drawn one by one.
struct Block {
  std::uint32_t span = 0;
  std::size_t row = 0;  ///< into Scene::rows
  QRectF box;
};
/// All blocks drawn one by one in the visible part; none of rows that are drawn as shares.
std::vector<Block> blocks(const Scene& scene);
/// The span at a point of the body, or kNoIndex; every drawn block can be hit. Of a row drawn as shares the span at
/// that time.
std::uint32_t hit_test(const Scene& scene, QPointF point);

}  // namespace braid
