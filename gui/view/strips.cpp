// SPDX-License-Identifier: Apache-2.0
#include "gui/view/strips.hpp"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>
#include <cmath>
#include <utility>

#include "gui/model/headline.hpp"
#include "gui/model/provenance_line.hpp"
#include "gui/view/gestures.hpp"
#include "gui/view/navigation.hpp"
#include "gui/view/run_names.hpp"

namespace braid {
namespace {

constexpr int kGap = 8;

/// The first document, for pictures of all of it.
Scene scene_of(const ViewState& state, QSize size) {
  Scene scene{.range = state.range(), .size = size, .theme = state.theme(), .mode = state.mode()};
  if (state.documents().empty()) return scene;
  const ViewState::Document& first = state.documents().front();
  scene.trace = first.trace;
  scene.rows = first.rows;
  scene.range = {state.range().begin - first.shift, state.range().end - first.shift};
  scene.hits = state.hits(0);
  return scene;
}

}  // namespace

MinimapView::MinimapView(ViewState* state, QWidget* parent) : QWidget(parent), state_(state) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  const auto repaint = [this] { update(); };
  connect(state_, &ViewState::documents_changed, this, repaint);
  connect(state_, &ViewState::range_changed, this, repaint);
  connect(state_, &ViewState::hits_changed, this, repaint);
  connect(state_, &ViewState::look_changed, this, [this] {
    kept_of_.reset();
    update();
  });
}

void MinimapView::keep_strip() {
  const QSize size = strip().size();
  const std::shared_ptr<const Trace>& trace = state_->documents().front().trace;
  if (kept_of_ == trace && kept_.deviceIndependentSize().toSize() == size) return;
  Scene scene = scene_of(*state_, size);
  scene.device_pixel_ratio = devicePixelRatioF();
  kept_ = minimap_strip(scene, size);
  kept_of_ = trace;
}

QRect MinimapView::strip() const { return {kLabelColumn, 4, std::max(1, width() - kLabelColumn), height() - 8}; }

std::int64_t MinimapView::time_at(double x) const {
  const QRect where = strip();
  const TimeMap map{state_->extent(), static_cast<double>(where.width())};
  return map.time(std::clamp<double>(x - where.left(), 0, where.width()));
}

void MinimapView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), state_->theme().background);
  if (state_->documents().empty()) return;
  painter.setPen(state_->theme().faint_text);
  painter.setFont(state_->theme().font);
  painter.drawText(QRect(kGap, 0, kLabelColumn - 2 * kGap, height()), Qt::AlignVCenter | Qt::AlignLeft,
                   tr("whole run"));
  keep_strip();
  paint_minimap(painter, scene_of(*state_, strip().size()), strip(), kept_);
}

void MinimapView::mousePressEvent(QMouseEvent* event) {
  drag_ = Drag{event->position(), event->button(), event->modifiers(), state_->range()};
}

void MinimapView::mouseMoveEvent(QMouseEvent* event) {
  if (!drag_ || state_->documents().empty()) return;
  if (!drag_->moved && std::abs(event->position().x() - drag_->from.x()) < 3) return;
  const bool first = !std::exchange(drag_->moved, true);
  const std::int64_t from = time_at(drag_->from.x()), to = time_at(event->position().x());
  switch (effect_of(Place::minimap, Input::drag, drag_->button, drag_->modifiers)) {
    case Effect::set_range:
      if (from != to) state_->go_to({std::min(from, to), std::max(from, to)}, !first);
      break;
    case Effect::grab:
      state_->go_to({drag_->range.begin + to - from, drag_->range.end + to - from}, !first);
      break;
    default:
      break;
  }
}

void MinimapView::mouseReleaseEvent(QMouseEvent*) {
  if (!drag_ || state_->documents().empty()) return;
  const Drag drag = *std::exchange(drag_, std::nullopt);
  if (drag.moved || effect_of(Place::minimap, Input::click, drag.button, drag.modifiers) != Effect::centre) return;
  const TimeRange range = state_->range();
  const std::int64_t begin = time_at(drag.from.x()) - range.length() / 2;
  state_->go_to({begin, begin + range.length()});
}

void MinimapView::mouseDoubleClickEvent(QMouseEvent* event) {
  drag_.reset();
  if (effect_of(Place::minimap, Input::double_click, event->button(), event->modifiers()) == Effect::fit_all)
    fit_all(*state_);
}

void MinimapView::wheelEvent(QWheelEvent* event) {
  if (effect_of(Place::minimap, Input::wheel, Qt::NoButton, event->modifiers()) == Effect::zoom_at_cursor)
    zoom(*state_, std::pow(0.8, notches(event->angleDelta())), time_at(event->position().x()));
}

LegendView::LegendView(ViewState* state, QWidget* parent) : QWidget(parent), state_(state) {
  QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  connect(state_, &ViewState::documents_changed, this, [this] {
    updateGeometry();
    update();
  });
  connect(state_, &ViewState::look_changed, this, [this] { update(); });
}

Scene LegendView::scene() const { return scene_of(*state_, size()); }

int LegendView::heightForWidth(int width) const {
  if (state_->documents().empty()) return 1;
  // In a low window one line; the rest is left out.
  const double room = window()->height() < kLowWindow ? 1e6 : width - 2 * kGap;
  return static_cast<int>(std::ceil(legend_height(scene(), room))) + 8;
}

void LegendView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), state_->theme().background);
  if (state_->documents().empty()) return;
  const QRect box = rect().adjusted(kGap, 4, -kGap, -4);
  paint_legend(painter, scene(), box);
  if (legend_height(scene(), box.width()) <= box.height() + 1) return;
  const int dots = fontMetrics().horizontalAdvance(QStringLiteral(" \u2026 "));
  painter.fillRect(box.right() - dots, 0, dots + kGap + 1, height(), state_->theme().background);
  painter.setPen(state_->theme().faint_text);
  painter.drawText(box, Qt::AlignVCenter | Qt::AlignRight, QStringLiteral("\u2026"));
}

HeadlineView::HeadlineView(ViewState* state, std::size_t document, QWidget* parent)
    : QWidget(parent), state_(state), document_(document) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(state_, &ViewState::documents_changed, this, &HeadlineView::take);
  connect(state_, &ViewState::look_changed, this, [this] { update(); });
  take();
}

QSize HeadlineView::sizeHint() const { return {400, fontMetrics().height() + 10}; }

void HeadlineView::take() {
  if (document_ >= state_->documents().size()) return;
  const ViewState::Document& document = state_->documents()[document_];
  title_ = run_name(*state_, document_);
  // A picture at abstract costs misleads whoever does not see the costs beside it.
  const bool abstract = document.trace->facts().kind == "abstract";
  figures_ = QString::fromStdString(abstract ? provenance_line(*document.trace, document.trace->extent())
                                             : headline(document.trace->facts()));
  if (!document.what_if.empty()) {
    figures_ =
        tr("what if: %1").arg(QString::fromStdString(document.what_if)) + QStringLiteral("  \u00b7  ") + figures_;
    if (document.ghost) figures_ += QStringLiteral("  \u00b7  ") + tr("thin strip below each row: the run before");
  }
  QString tip = QString::fromStdString(document.trace->path()) + u'\n' + figures_;
  for (const std::string& note : document.trace->facts().notes) tip += u'\n' + QString::fromStdString(note);
  setToolTip(tip);
  update();
}

void HeadlineView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Theme& theme = state_->theme();
  painter.fillRect(rect(), theme.row_even);
  QFont bold = font();
  bold.setBold(true);
  painter.setFont(bold);
  painter.setPen(theme.text);
  const QRect box = rect().adjusted(kGap, 0, -kGap, 0);
  const QFontMetrics metrics(bold);
  const QString title = metrics.elidedText(title_, Qt::ElideMiddle, std::max(kLabelColumn, width() / 3) - 2 * kGap);
  painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeft, title);
  painter.setFont(font());
  const int left = std::max(kLabelColumn, metrics.horizontalAdvance(title) + 3 * kGap);
  const QRect rest(left, 0, std::max(0, width() - left - kGap), height());
  painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft,
                   fontMetrics().elidedText(figures_, Qt::ElideRight, rest.width()));
}

}  // namespace braid
