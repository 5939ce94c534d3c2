// SPDX-License-Identifier: Apache-2.0
// One run of the window: ruler, names of rows, rows, a scroll bar. What gestures do is in gestures.hpp.
#pragma once

#include <QPointF>
#include <QWidget>
#include <optional>

#include "gui/paint/ghost.hpp"
#include "gui/paint/timeline_painter.hpp"
#include "gui/view/gestures.hpp"
#include "gui/view/view_state.hpp"

class QMenu;
class QScrollBar;

namespace braid {

inline constexpr int kRulerHeight = 24;

class TimelineView : public QWidget {
  Q_OBJECT
 public:
  TimelineView(ViewState* state, std::size_t document, QWidget* parent = nullptr);

  std::size_t document() const { return document_; }
  /// What is painted, in the run's own time.
  const Scene& scene() const { return scene_; }
  /// Where the rows are, in this widget.
  QRect body() const;
  double scroll() const { return scene_.scroll; }
  /// The time in the middle of the body, or under the mouse while that is over it; on the shared axis.
  std::int64_t anchor() const;
  /// Position of the row under the mouse, else of the selected span's; rows.size(): none.
  std::size_t row_of_interest() const;

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 public slots:
  void scroll_to(double pixels);
  /// Pins a row of spans to the top, or lets it go.
  void toggle_pin(std::size_t row);
  /// Hides all rows of that row's lane.
  void hide_lane(std::size_t row);
  void toggle_fold(std::size_t row);

 signals:
  void painted(qint64 ns);  ///< how long a paint event took

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  bool event(QEvent* event) override;

 private:
  struct Drag {
    QPointF from;
    Place place = Place::body;
    Qt::MouseButton button = Qt::NoButton;
    Qt::KeyboardModifiers modifiers;
    Effect effect = Effect::none;
    bool moved = false;
    TimeRange range;
    double scroll = 0;
  };

  void take_rows();
  void take_look();
  void take_range();
  void take_marks();
  void take_cursor();
  void lay_out_bar();
  void show_selected_row();
  void paint_cursor_time(QPainter& painter) const;
  void point(QPointF where);
  void act(Effect effect, QPointF where);
  void drag_to(QPointF where, bool last);
  void popup_menu(QPointF where);
  TimeMap map() const;  ///< of the body, in the run's own time
  std::int64_t time_at(double x) const;
  std::size_t row_at_point(QPointF where) const;
  double pinned_height() const;
  Place place_of(QPointF where) const;

  ViewState* state_;
  std::size_t document_;
  TimelinePainter painter_;
  Scene scene_;
  std::shared_ptr<const Trace> ghost_;     ///< an older result below the one that is shown; or null
  std::vector<std::uint32_t> ghost_rows_;  ///< as ghost_rows()
  QScrollBar* bar_;
  std::optional<QPointF> mouse_;
  std::optional<Drag> drag_;
  std::optional<QRectF> box_;  ///< being drawn, in the widget
  bool click_was_double_ = false;
  std::optional<ulong> last_wheel_;  ///< when, ms
};

}  // namespace braid
