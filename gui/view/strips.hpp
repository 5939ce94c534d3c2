// SPDX-License-Identifier: Apache-2.0
// The strips around the timelines: the whole run in small, the legend, the line of figures of a run.
#pragma once

#include <QImage>
#include <QWidget>
#include <optional>

#include "gui/paint/timeline_painter.hpp"
#include "gui/view/view_state.hpp"

namespace braid {

/// The first run in small, with the range in view; gestures of Place::minimap.
class MinimapView : public QWidget {
  Q_OBJECT
 public:
  explicit MinimapView(ViewState* state, QWidget* parent = nullptr);
  QSize sizeHint() const override { return {400, 46}; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;

 private:
  QRect strip() const;
  void keep_strip();
  std::int64_t time_at(double x) const;

  ViewState* state_;
  QImage kept_;  ///< the run without the range; costs as much as a frame
  std::shared_ptr<const Trace> kept_of_;
  struct Drag {
    QPointF from;
    Qt::MouseButton button = Qt::NoButton;
    Qt::KeyboardModifiers modifiers;
    TimeRange range;
    bool moved = false;
  };
  std::optional<Drag> drag_;
};

/// A window lower than this has room for little besides rows.
inline constexpr int kLowWindow = 720;

/// Which colour is what, and what a column stands for.
class LegendView : public QWidget {
  Q_OBJECT
 public:
  explicit LegendView(ViewState* state, QWidget* parent = nullptr);
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override { return {400, heightForWidth(std::max(400, width()))}; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Scene scene() const;
  ViewState* state_;
};

/// Name and figures of one run, above its timeline; the whole text in its tooltip.
class HeadlineView : public QWidget {
  Q_OBJECT
 public:
  HeadlineView(ViewState* state, std::size_t document, QWidget* parent = nullptr);
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override { return {100, sizeHint().height()}; }
  const QString& title() const { return title_; }
  const QString& figures() const { return figures_; }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void take();
  ViewState* state_;
  std::size_t document_;
  QString title_, figures_;
};

}  // namespace braid
