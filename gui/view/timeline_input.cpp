// SPDX-License-Identifier: Apache-2.0
// TimelineView's answers to the mouse.
#include <QApplication>
#include <QClipboard>
#include <QHelpEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/model/details.hpp"
#include "gui/view/navigation.hpp"
#include "gui/view/plain_tip.hpp"
#include "gui/view/timeline_view.hpp"

namespace braid {
namespace {

constexpr int kClickSlack = 4;      ///< pixels that a click may wander
constexpr double kScrollStep = 54;  ///< pixels a notch
constexpr ulong kOneTurn = 500;     ///< ms between turns of a wheel that are one gesture to undo

}  // namespace

Place TimelineView::place_of(QPointF where) const {
  if (where.y() < kRulerHeight) return where.x() < kLabelColumn ? Place::labels : Place::ruler;
  return where.x() < kLabelColumn ? Place::labels : Place::body;
}

void TimelineView::wheelEvent(QWheelEvent* event) {
  const QPointF where = event->position();
  mouse_ = where;
  const double turned = notches(event->angleDelta());
  const bool again = last_wheel_ && event->timestamp() - *last_wheel_ < kOneTurn;
  last_wheel_ = event->timestamp();
  event->accept();
  if (turned == 0) return;
  // A touch pad that moves sideways pans, whatever else is held.
  const bool sideways =
      event->modifiers() == Qt::NoModifier && std::abs(event->angleDelta().x()) > std::abs(event->angleDelta().y());
  const Effect effect =
      sideways ? Effect::pan_time : effect_of(place_of(where), Input::wheel, Qt::NoButton, event->modifiers());
  switch (effect) {
    case Effect::zoom_at_cursor:
      zoom(*state_, std::pow(kZoomStep, turned), anchor(), again);
      break;
    case Effect::pan_time:
      pan(*state_, -kPanStep * turned, again);
      break;
    case Effect::scroll_rows:
      scroll_to(scene_.scroll - kScrollStep * turned);
      break;
    case Effect::row_height: {
      LayoutOptions options = state_->documents()[document_].layout;
      options.row_height = std::clamp(options.row_height * std::pow(1.1, turned), 2.0, 120.0);
      state_->lay_out(document_, options);
      break;
    }
    default:
      break;
  }
  point(where);
}

void TimelineView::point(QPointF where) {
  mouse_ = where;
  const QRect rows = body();
  if (where.x() < rows.left() || where.x() > rows.right()) {
    state_->point_at(std::nullopt);
    state_->hover_over(document_, kNoIndex);
    return;
  }
  state_->point_at(time_at(where.x()));
  state_->hover_over(document_,
                     place_of(where) == Place::body ? hit_test(scene_, where - QPointF(rows.topLeft())) : kNoIndex);
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  setFocus(Qt::MouseFocusReason);
  const Place place = place_of(event->position());
  drag_ = Drag{.from = event->position(),
               .place = place,
               .button = event->button(),
               .modifiers = event->modifiers(),
               .effect = effect_of(place, Input::drag, event->button(), event->modifiers()),
               .range = state_->range(),
               .scroll = scene_.scroll};
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF where = event->position();
  if (!drag_ || event->buttons() == Qt::NoButton) return point(where);
  if (!drag_->moved && (where - drag_->from).manhattanLength() < kClickSlack) return;
  drag_->moved = true;
  drag_to(where, false);
  if (drag_->effect != Effect::grab) point(where);
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  if (!drag_ || event->button() != drag_->button) return;
  const Drag drag = *drag_;
  if (drag.moved) {
    drag_to(event->position(), true);
  } else if (!click_was_double_) {
    act(effect_of(drag.place, Input::click, drag.button, drag.modifiers), event->position());
  }
  click_was_double_ = false;
  drag_.reset();
  unsetCursor();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
  mousePressEvent(event);
  click_was_double_ = true;  // its release is no click
  act(effect_of(place_of(event->position()), Input::double_click, event->button(), event->modifiers()),
      event->position());
}

void TimelineView::drag_to(QPointF where, bool last) {
  const QRect rows = body();
  const double from_x = std::clamp<double>(drag_->from.x(), rows.left(), rows.right() + 1);
  const double to_x = std::clamp<double>(where.x(), rows.left(), rows.right() + 1);
  const TimeRange between{time_at(std::min(from_x, to_x)), time_at(std::max(from_x, to_x))};
  switch (drag_->effect) {
    case Effect::grab: {
      setCursor(Qt::ClosedHandCursor);
      const TimeMap was{drag_->range, static_cast<double>(rows.width())};
      const std::int64_t by = std::llround((drag_->from.x() - where.x()) * was.ns_per_pixel());
      // The first move of a drag is an entry of its own in the zooms, the others are that entry moved on.
      const bool first = state_->range() == drag_->range;
      state_->go_to({drag_->range.begin + by, drag_->range.end + by}, !first);
      scroll_to(drag_->scroll + drag_->from.y() - where.y());
      break;
    }
    case Effect::select_area: {
      if (scene_.rows.empty()) break;
      const std::size_t end = scene_.rows.size() - 1;
      Area area{.range = between, .last_row = end};
      if (drag_->place == Place::body) {
        const auto row = [&](double y) {
          return std::min(end, row_at_point({0, std::clamp<double>(y, rows.top(), rows.bottom())}));
        };
        area.first_row = row(std::min(drag_->from.y(), where.y()));
        area.last_row = row(std::max(drag_->from.y(), where.y()));
      }
      if (area.range.length() > 0) state_->select_area(document_, area);
      break;
    }
    case Effect::zoom_to_box:
      box_ = QRectF(QPointF(std::min(from_x, to_x), rows.top()), QPointF(std::max(from_x, to_x), rows.bottom()));
      if (last) {
        box_.reset();
        if (between.length() > 0) state_->go_to(between);
      }
      update();
      break;
    default:
      break;
  }
}

void TimelineView::act(Effect effect, QPointF where) {
  const std::uint32_t under =
      place_of(where) == Place::body ? hit_test(scene_, where - QPointF(body().topLeft())) : kNoIndex;
  switch (effect) {
    case Effect::select_span:
      state_->select_area(document_, std::nullopt);
      state_->select(document_, under);
      break;
    case Effect::fit_span:
      state_->select(document_, under);
      under == kNoIndex ? fit_all(*state_) : fit_selection(*state_);
      break;
    case Effect::fit_all:
      fit_all(*state_);
      break;
    case Effect::fold:
      toggle_fold(row_at_point(where));
      break;
    case Effect::menu:
      popup_menu(where);
      break;
    default:
      break;
  }
}

void TimelineView::popup_menu(QPointF where) {
  const std::size_t row = row_at_point(where);
  if (row >= scene_.rows.size()) return;
  const LayoutRow& shown = scene_.rows[row];
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  // It is about this run: rows and blocks of the next one are others. The event loop goes on while it is open.
  connect(state_, &ViewState::documents_changed, menu, &QMenu::close);
  const auto on_this = [this, trace = scene_.trace](auto act) {
    return [this, trace, act] {
      if (scene_.trace == trace) act();
    };
  };
  if (shown.kind == LayoutRow::Kind::heading) {
    menu->addAction(shown.folded ? tr("Unfold") : tr("Fold"), this, on_this([this, row] { toggle_fold(row); }));
  } else {
    menu->addAction(shown.pinned ? tr("Unpin this row") : tr("Pin this row to the top"), this,
                    on_this([this, row] { toggle_pin(row); }));
    menu->addAction(tr("Hide rows of this kind"), this, on_this([this, row] { hide_lane(row); }));
  }
  const LayoutOptions& options = state_->documents()[document_].layout;
  if (!options.hidden_lanes.empty() || !options.show_passes) {
    menu->addAction(tr("Show all kinds of rows"), this, [this] {
      LayoutOptions all = state_->documents()[document_].layout;
      all.hidden_lanes.clear();
      all.show_passes = true;
      state_->lay_out(document_, all);
    });
  }
  menu->addSeparator();
  const std::uint32_t span =
      place_of(where) == Place::body ? hit_test(scene_, where - QPointF(body().topLeft())) : kNoIndex;
  if (span != kNoIndex) {
    menu->addAction(tr("Zoom to this block"), this, on_this([this, span] {
                      state_->select(document_, span);
                      fit_selection(*state_);
                    }));
    menu->addAction(tr("Copy its name"), this, on_this([this, span] {
                      QApplication::clipboard()->setText(QString::fromStdString(label_of(scene_.trace->run(), span)));
                    }));
  }
  menu->addAction(tr("Copy the row's name"), this,
                  [text = QString::fromStdString(shown.id)] { QApplication::clipboard()->setText(text); });
  menu->popup(mapToGlobal(where.toPoint()));
}

void TimelineView::leaveEvent(QEvent*) {
  mouse_.reset();
  state_->point_at(std::nullopt);
  state_->hover_over(document_, kNoIndex);
}

bool TimelineView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QPointF where = help->pos();
  QString text;
  if (place_of(where) == Place::body) {
    const std::uint32_t span = hit_test(scene_, where - QPointF(body().topLeft()));
    if (span != kNoIndex) text = QString::fromStdString(tooltip_of(*scene_.trace, span));
  } else if (place_of(where) == Place::labels) {
    const std::size_t row = row_at_point(where);
    if (row < scene_.rows.size()) text = QString::fromStdString(scene_.rows[row].id);
  }
  text.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), plain_tip(text), this);
  return true;
}

}  // namespace braid
