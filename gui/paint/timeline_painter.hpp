// SPDX-License-Identifier: Apache-2.0
// A scene as pixels. Needs no widget.
#pragma once

#include <QImage>
#include <QPainter>
#include <memory>
#include <vector>

#include "gui/paint/flows.hpp"
#include "gui/paint/scene.hpp"

namespace braid {

class TimelinePainter {
 public:
  TimelinePainter();
  ~TimelinePainter();
  TimelinePainter(const TimelinePainter&) = delete;
  TimelinePainter& operator=(const TimelinePainter&) = delete;

  /// Rows with their blocks, labels on blocks, grid lines; no overlays. The image is kept: an equal scene costs
  /// nothing, one moved in time or scrolled is shifted and only what appears is painted. Who keeps a copy of the image
  /// makes the next call copy it.
  const QImage& body(const Scene& scene);
  /// Onto a painter whose origin is that of the body: hover, selection, area, flows, critical path, hits, cursor.
  void overlays(QPainter& painter, const Scene& scene) const;
  /// Body and overlays as one image.
  QImage picture(const Scene& scene);

  /// Pixels painted anew by the last body(): for tests of what is reused.
  std::size_t painted_pixels() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
  mutable KeptFlows flows_;
};

/// The time axis above the rows: ticks at round times (1, 2, 5 times a power of ten), in the unit of the run.
void paint_ruler(QPainter& painter, const Scene& scene, QRectF where);
/// Names of rows and headings at the left, with their fold marks.
void paint_row_labels(QPainter& painter, const Scene& scene, QRectF where);
/// The whole run in a strip of this size: mean shares over all compute rows. It costs as much as a frame: keep it until
/// the run or the theme changes.
QImage minimap_strip(const Scene& scene, QSize size);
/// The strip, the visible range framed, ticks of hits.
void paint_minimap(QPainter& painter, const Scene& scene, QRectF where, const QImage& strip);
void paint_minimap(QPainter& painter, const Scene& scene, QRectF where);
/// Swatches of what is in the run, and one line that says what a zoomed-out column shows.
void paint_legend(QPainter& painter, const Scene& scene, QRectF where);
/// How high the legend wants to be at this width.
double legend_height(const Scene& scene, double width);

/// A span as it lies in the body, in device-independent pixels; what of it is visible.
struct Block {
  std::uint32_t span = 0;
  std::size_t row = 0;  ///< into Scene::rows
  QRectF box;
};
/// All visible spans of the rows where spans are wider than a pixel on average; other rows are drawn as shares and have
/// none. Spans without a length are not drawn.
std::vector<Block> blocks(const Scene& scene);
/// Where the span is in the body, not clipped in time; empty if its row is not visible.
QRectF box_of(const Scene& scene, std::uint32_t span);
/// The span at a point of the body, or kNoIndex; every drawn block can be hit. Of a row drawn as shares the span at
/// that time.
std::uint32_t hit_test(const Scene& scene, QPointF point);

}  // namespace braid
