// SPDX-License-Identifier: Apache-2.0
#include "gui/view/timeline_view.hpp"

#include <QElapsedTimer>
#include <QPainter>
#include <QScrollBar>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>

#include "gui/model/details.hpp"
#include "gui/view/navigation.hpp"

namespace braid {

TimelineView::TimelineView(ViewState* state, std::size_t document, QWidget* parent)
    : QWidget(parent), state_(state), document_(document), bar_(new QScrollBar(Qt::Vertical, this)) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  bar_->setSingleStep(20);
  bar_->setFocusPolicy(Qt::NoFocus);
  bar_->setCursor(Qt::ArrowCursor);
  connect(bar_, &QScrollBar::valueChanged, this, [this](int value) {
    scene_.scroll = value;
    update();
  });
  connect(state_, &ViewState::range_changed, this, &TimelineView::take_range);
  connect(state_, &ViewState::documents_changed, this, [this] {
    take_rows();
    take_marks();
  });
  connect(state_, &ViewState::layout_changed, this, [this](std::size_t changed) {
    if (changed == document_) take_rows();
  });
  connect(state_, &ViewState::selection_changed, this, [this] {
    take_marks();
    show_selected_row();
  });
  connect(state_, &ViewState::hover_changed, this, &TimelineView::take_marks);
  connect(state_, &ViewState::area_changed, this, &TimelineView::take_marks);
  connect(state_, &ViewState::hits_changed, this, [this](std::size_t changed) {
    if (changed != document_) return;
    scene_.hits = state_->hits(document_);
    update();
  });
  connect(state_, &ViewState::cursor_changed, this, &TimelineView::take_cursor);
  connect(state_, &ViewState::look_changed, this, &TimelineView::take_look);
  take_look();
  take_rows();
  take_marks();
}

QSize TimelineView::sizeHint() const { return {900, kRulerHeight + static_cast<int>(total_height(scene_.rows)) + 8}; }
QSize TimelineView::minimumSizeHint() const { return {kLabelColumn + 120, kRulerHeight + 40}; }

QRect TimelineView::body() const {
  return {kLabelColumn, kRulerHeight, std::max(1, width() - kLabelColumn), std::max(1, height() - kRulerHeight)};
}

void TimelineView::take_rows() {
  // A view is deleted after the document that it showed.
  if (document_ >= state_->documents().size()) return;
  const ViewState::Document& document = state_->documents()[document_];
  scene_.trace = document.trace;
  scene_.rows = document.rows;
  scene_.hits = state_->hits(document_);
  ghost_ = document.ghost;
  ghost_rows_.clear();
  if (ghost_) ghost_rows_ = ghost_rows(scene_.rows, scene_.trace->run(), ghost_->run());
  lay_out_bar();
  take_range();
  updateGeometry();
}

void TimelineView::take_range() {
  if (document_ >= state_->documents().size()) return;
  const std::int64_t shift = state_->documents()[document_].shift;
  scene_.range = {state_->range().begin - shift, state_->range().end - shift};
  take_cursor();
  update();
}

void TimelineView::take_marks() {
  if (document_ >= state_->documents().size()) return;
  const auto of_this = [this](ViewState::Selected marked) {
    return marked.document == document_ ? marked.span : kNoIndex;
  };
  scene_.selected = state_->selected_in(document_);
  scene_.hover = of_this(state_->hover());
  scene_.area.reset();
  if (state_->area_document() == document_ && state_->area()) {
    const std::int64_t shift = state_->documents()[document_].shift;
    scene_.area = state_->area();
    scene_.area->range.begin -= shift;
    scene_.area->range.end -= shift;
  }
  update();
}

void TimelineView::take_look() {
  scene_.theme = state_->theme();
  scene_.mode = state_->mode();
  scene_.flows = state_->flows();
  scene_.critical_path = state_->critical_path();
  update();
}

void TimelineView::take_cursor() {
  if (document_ >= state_->documents().size()) return;
  double x = -1;
  if (state_->cursor()) {
    x = map().x(*state_->cursor() - state_->documents()[document_].shift);
    if (x < 0 || x >= scene_.size.width()) x = -1;
  }
  if (x == scene_.cursor_x) return;
  scene_.cursor_x = x;
  update();
}

TimeMap TimelineView::map() const { return {scene_.range, static_cast<double>(body().width())}; }

std::int64_t TimelineView::time_at(double x) const {
  return map().time(x - body().left()) + state_->documents()[document_].shift;
}

std::int64_t TimelineView::anchor() const {
  const QRect rows = body();
  const bool over = mouse_ && mouse_->x() >= rows.left() && mouse_->x() <= rows.right();
  return time_at(over ? mouse_->x() : rows.left() + rows.width() / 2.0);
}

double TimelineView::pinned_height() const {
  double height = 0;
  for (const LayoutRow& row : scene_.rows) {
    if (row.pinned) height = std::max(height, row.top + row.height);
  }
  return height;
}

std::size_t TimelineView::row_at_point(QPointF where) const {
  const double y = where.y() - body().top();
  if (y < 0) return scene_.rows.size();
  return row_at(scene_.rows, y < pinned_height() ? y : y + scene_.scroll);
}

std::size_t TimelineView::row_of_interest() const {
  if (mouse_) {
    const std::size_t under = row_at_point(*mouse_);
    if (under < scene_.rows.size()) return under;
  }
  if (scene_.selected == kNoIndex) return scene_.rows.size();
  return layout_row_of(state_->documents()[document_], scene_.selected);
}

void TimelineView::lay_out_bar() {
  const double rows = total_height(scene_.rows);
  const int room = std::max(1, height() - kRulerHeight);
  bar_->setVisible(rows > room);
  // Among the names: every panel that shares the time axis begins at kLabelColumn and ends at its right edge.
  const int width_of_bar = bar_->sizeHint().width();
  bar_->setGeometry(kLabelColumn - width_of_bar, kRulerHeight, width_of_bar, room);
  bar_->setRange(0, std::max(0, static_cast<int>(std::ceil(rows)) - room));
  bar_->setPageStep(room);
  scene_.scroll = bar_->value();
  scene_.size = body().size();
  scene_.device_pixel_ratio = devicePixelRatioF();
}

void TimelineView::scroll_to(double pixels) { bar_->setValue(static_cast<int>(std::lround(pixels))); }

void TimelineView::show_selected_row() {
  if (scene_.selected == kNoIndex) return;
  const std::size_t at = layout_row_of(state_->documents()[document_], scene_.selected);
  if (at >= scene_.rows.size() || scene_.rows[at].pinned) return;
  const LayoutRow& row = scene_.rows[at];
  const double pinned = pinned_height(), top = row.top - scene_.scroll, bottom = top + row.height;
  if (top < pinned) scroll_to(row.top - pinned);
  if (bottom > scene_.size.height()) scroll_to(row.top + row.height - scene_.size.height());
}

void TimelineView::toggle_pin(std::size_t row) {
  if (row >= scene_.rows.size() || scene_.rows[row].kind != LayoutRow::Kind::spans) return;
  LayoutOptions options = state_->documents()[document_].layout;
  const std::string& id = scene_.rows[row].id;
  if (options.pinned.erase(id) == 0) options.pinned.insert(id);
  state_->lay_out(document_, options);
}

void TimelineView::hide_lane(std::size_t row) {
  if (row >= scene_.rows.size() || scene_.rows[row].kind != LayoutRow::Kind::spans) return;
  LayoutOptions options = state_->documents()[document_].layout;
  const RunRow& of = scene_.trace->run().rows[scene_.rows[row].members.front()];
  if (of.kind == RowKind::passes)
    options.show_passes = false;
  else
    options.hidden_lanes.insert(of.lane);
  state_->lay_out(document_, options);
}

void TimelineView::toggle_fold(std::size_t row) {
  if (row >= scene_.rows.size() || scene_.rows[row].kind != LayoutRow::Kind::heading) return;
  LayoutOptions options = state_->documents()[document_].layout;
  const std::string& id = scene_.rows[row].id;
  if (options.folded.erase(id) == 0) options.folded.insert(id);
  state_->lay_out(document_, options);
}

void TimelineView::resizeEvent(QResizeEvent*) {
  lay_out_bar();
  take_cursor();
}

void TimelineView::paintEvent(QPaintEvent*) {
  QElapsedTimer timer;
  timer.start();
  scene_.device_pixel_ratio = devicePixelRatioF();
  scene_.size = body().size();
  QPainter painter(this);
  const QRect rows = body();
  painter.fillRect(rect(), scene_.theme.background);
  painter.save();
  painter.setClipRect(rows);
  painter.drawImage(rows.topLeft(), painter_.body(scene_));
  painter.translate(rows.topLeft());
  if (ghost_) paint_ghost(painter, scene_, *ghost_, ghost_rows_);
  painter_.overlays(painter, scene_);
  painter.restore();
  paint_ruler(painter, scene_, QRectF(rows.left(), 0, rows.width(), kRulerHeight));
  painter.save();
  const QRect labels(0, rows.top(), kLabelColumn, rows.height());
  painter.setClipRect(labels);
  paint_row_labels(painter, scene_, labels);
  painter.restore();
  paint_cursor_time(painter);
  painter.setPen(scene_.theme.grid);
  painter.drawLine(0, kRulerHeight - 1, width(), kRulerHeight - 1);
  if (box_) {
    QColor fill = scene_.theme.selection;
    fill.setAlpha(40);
    painter.setPen(scene_.theme.selection);
    painter.setBrush(fill);
    painter.drawRect(box_->adjusted(0.5, 0.5, -0.5, -0.5));
  }
  emit painted(timer.nsecsElapsed());
}

void TimelineView::paint_cursor_time(QPainter& painter) const {
  if (scene_.cursor_x < 0) return;
  const std::int64_t time = map().time(scene_.cursor_x);
  const QString text = QString::fromStdString(time_text(scene_.trace->facts(), time));
  painter.setFont(scene_.theme.font);
  const QRect rows = body();
  const double wide = painter.fontMetrics().horizontalAdvance(text) + 8.0;
  const double left = std::clamp(rows.left() + scene_.cursor_x - wide / 2, static_cast<double>(rows.left()),
                                 std::max<double>(rows.left(), rows.right() + 1 - wide));
  const QRectF box(left, 2, wide, kRulerHeight - 6);
  painter.setPen(Qt::NoPen);
  painter.setBrush(scene_.theme.text);
  painter.drawRoundedRect(box, 3, 3);
  painter.setPen(scene_.theme.background);
  painter.drawText(box, Qt::AlignCenter, text);
}

}  // namespace braid
