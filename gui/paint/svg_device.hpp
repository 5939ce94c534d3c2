// SPDX-License-Identifier: Apache-2.0
// A painter's strokes as a small SVG: rectangles, lines, paths and text, each with a class of a style sheet.
//
// QSvgGenerator writes a group with all attributes around each shape, five times as much. Coordinates are rounded to
// 0.01; the same strokes give the same bytes. Left out: perspective, gradients, images (nothing of ours uses them).
#pragma once

#include <QPaintDevice>
#include <QPaintEngine>
#include <QSizeF>
#include <QString>
#include <map>
#include <memory>
#include <string>

namespace braid {

class SvgDevice : public QPaintDevice {
 public:
  SvgDevice(QSizeF size, std::string title);
  ~SvgDevice() override;

  /// The next rectangle has this tooltip, "" none.
  void name_next(std::string text);
  /// The whole file; after the painter has ended.
  std::string svg() const;

  QPaintEngine* paintEngine() const override;

 protected:
  int metric(PaintDeviceMetric metric) const override;

 private:
  class Engine;
  QSizeF size_;
  std::string title_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace braid
