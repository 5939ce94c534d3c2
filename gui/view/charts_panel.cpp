// SPDX-License-Identifier: Apache-2.0
#include "gui/view/charts_panel.hpp"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolTip>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "gui/paint/chart_painter.hpp"
#include "gui/view/gestures.hpp"
#include "gui/view/navigation.hpp"
#include "gui/view/plain_tip.hpp"
#include "gui/view/run_names.hpp"

namespace braid {
namespace {

constexpr int kLeastHeight = 60;
constexpr int kUsualHeight = 110;
constexpr int kGap = 3;
constexpr int kFollow = -1;  ///< data of the entry that follows the selection

}  // namespace

ChartsView::ChartsView(ViewState* state, QWidget* parent) : QWidget(parent), state_(state) {
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  const auto repaint = [this] { update(); };
  const auto anew = [this] {
    bodies_ = {};
    update();
  };
  connect(state_, &ViewState::range_changed, this, anew);
  connect(state_, &ViewState::documents_changed, this, anew);  // a shift among them
  connect(state_, &ViewState::selection_changed, this, repaint);
  connect(state_, &ViewState::area_changed, this, repaint);
  connect(state_, &ViewState::cursor_changed, this, repaint);
  connect(state_, &ViewState::look_changed, this, anew);
}

void ChartsView::show_rank(std::size_t document, std::int32_t rank) {
  document_ = document;
  const std::shared_ptr<const Trace> trace = shows_a_run() ? state_->documents()[document].trace : nullptr;
  const std::shared_ptr<const Trace> ghost = shows_a_run() ? state_->documents()[document].ghost : nullptr;
  if (trace == trace_ && ghost == ghost_ && rank == rank_) return;
  trace_ = trace;
  ghost_ = ghost;
  rank_ = rank;
  prepare();
}

void ChartsView::prepare() {
  charts_.clear();
  ghosts_.clear();
  const std::vector<Chart> old = ghost_ != nullptr ? charts_of(ghost_->run()) : std::vector<Chart>{};
  for (const Chart& chart : trace_ != nullptr ? charts_of(trace_->run()) : std::vector<Chart>{}) {
    if (chart.rank != rank_ && chart.rank >= 0) continue;
    charts_.push_back(std::make_unique<ChartData>(*trace_, chart));
    const bool was = std::ranges::find(old, chart) != old.end();
    ghosts_.push_back(was ? std::make_unique<ChartData>(*ghost_, chart) : nullptr);
  }
  bodies_ = {};
  updateGeometry();
  update();
}

QSize ChartsView::sizeHint() const {
  return {kLabelColumn + 600, kUsualHeight * std::max(1, static_cast<int>(charts_.size()))};
}
QSize ChartsView::minimumSizeHint() const {
  return {kLabelColumn + 120, kLeastHeight * std::max(1, static_cast<int>(charts_.size()))};
}

TimeMap ChartsView::map() const { return {state_->range(), std::max(1.0, double(width() - kLabelColumn))}; }

bool ChartsView::over_plot(double x) const { return shows_a_run() && !charts_.empty() && x >= kLabelColumn; }

QRectF ChartsView::place(std::size_t chart) const {
  const double each = double(height()) / static_cast<double>(charts_.size());
  const double top = std::round(each * static_cast<double>(chart));
  return {0, top, double(width()), std::round(each * static_cast<double>(chart + 1)) - top - kGap};
}

Scene ChartsView::scene() const {
  const ViewState::Document& document = state_->documents()[document_];
  Scene scene{.trace = trace_, .range = state_->range(), .size = size(), .theme = state_->theme()};
  scene.range.begin -= document.shift;
  scene.range.end -= document.shift;
  if (state_->selected().document == document_) scene.selected = state_->selected().span;
  if (state_->area() && state_->area_document() == document_) {
    scene.area = state_->area();
    scene.area->range.begin -= document.shift;
    scene.area->range.end -= document.shift;
  }
  if (state_->cursor() && state_->range().holds(*state_->cursor())) scene.cursor_x = map().x(*state_->cursor());
  return scene;
}

void ChartsView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), state_->theme().grid);
  // Documents may have changed before the panel has said so.
  const bool current = shows_a_run() && trace_ == state_->documents()[document_].trace;
  if (!current || charts_.empty()) {
    painter.fillRect(rect(), state_->theme().background);
    painter.setPen(state_->theme().faint_text);
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                     shows_a_run() ? tr("This run has no counters.") : tr("No run is open."));
    return;
  }
  const Scene what = scene();
  if (bodies_.isNull() || bodies_.size() != size() * devicePixelRatioF()) paint_bodies(what);
  painter.drawImage(QPointF(0, 0), bodies_);
  for (std::size_t i = 0; i < charts_.size(); ++i) paint_chart_marks(painter, what, *charts_[i], place(i));
}

void ChartsView::paint_bodies(const Scene& what) {
  bodies_ = QImage(size() * devicePixelRatioF(), QImage::Format_RGB32);
  bodies_.setDevicePixelRatio(devicePixelRatioF());
  bodies_.fill(state_->theme().grid);
  QPainter painter(&bodies_);
  for (std::size_t i = 0; i < charts_.size(); ++i) {
    paint_chart_body(painter, what, *charts_[i], place(i), ghosts_[i].get());
  }
}

void ChartsView::mouseMoveEvent(QMouseEvent* event) {
  const double x = event->position().x();
  if (over_plot(x)) {
    state_->point_at(map().time(x - kLabelColumn));
  } else {
    state_->point_at(std::nullopt);
  }
}

void ChartsView::mouseReleaseEvent(QMouseEvent* event) {
  const double x = event->position().x();
  if (event->button() != Qt::LeftButton || !over_plot(x)) return;
  const std::int64_t half = state_->range().length() / 2, time = map().time(x - kLabelColumn);
  state_->go_to({time - half, time - half + state_->range().length()});
}

void ChartsView::leaveEvent(QEvent*) { state_->point_at(std::nullopt); }

void ChartsView::wheelEvent(QWheelEvent* event) {
  const double turned = notches(event->angleDelta()), x = event->position().x();
  const auto effect = effect_of(Place::body, Input::wheel, Qt::NoButton, event->modifiers());
  if (!over_plot(x) || turned == 0) return event->ignore();
  if (effect == Effect::zoom_at_cursor) {
    zoom(*state_, std::pow(kZoomStep, turned), map().time(x - kLabelColumn), true);
  } else if (effect == Effect::pan_time) {
    pan(*state_, -kPanStep * turned, true);
  } else {
    event->ignore();
  }
}

QString ChartsView::tooltip_at(QPointF where) const {
  for (std::size_t i = 0; over_plot(where.x()) && i < charts_.size(); ++i) {
    if (!place(i).contains(where)) continue;
    const std::int64_t time = map().time(where.x() - kLabelColumn) - shift();
    QString values = QString::fromStdString(charts_[i]->values_at(time));
    QString text = QString::fromStdString(charts_[i]->chart().title) + QLatin1Char('\n') +
                   values.replace(QStringLiteral(", "), QStringLiteral("\n"));
    if (charts_[i]->chart().kind == Chart::Kind::memory) {
      text += QLatin1Char('\n') + tr("paler: not in use all of the time of a pixel");
    } else if (charts_[i]->chart().kind == Chart::Kind::links) {
      text += QLatin1Char('\n') + tr("a transfer counts with its mean rate: two that share a link can pass 100 %");
    } else {
      text += QLatin1Char('\n') + tr("drawn: the mean over a pixel; shaded: up to the highest");
    }
    return text;
  }
  return {};
}

bool ChartsView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const QString text = tooltip_at(help->pos());
  if (text.isEmpty()) {
    QToolTip::hideText();
    event->ignore();
  } else {
    QToolTip::showText(help->globalPos(), plain_tip(text), this);
  }
  return true;
}

ChartsPanel::ChartsPanel(ViewState* state, QWidget* parent)
    : QWidget(parent),
      state_(state),
      runs_(new QComboBox(this)),
      ranks_(new QComboBox(this)),
      view_(new ChartsView(state, this)) {
  runs_->setAccessibleName(tr("Run"));
  ranks_->setAccessibleName(tr("Rank"));
  ranks_->setToolTip(tr("Whose memory and SMs are shown; links are those of the whole cluster"));
  auto* line = new QHBoxLayout;
  line->setContentsMargins(4, 2, 4, 0);
  line->addWidget(runs_);
  line->addWidget(ranks_);
  line->addStretch();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addLayout(line);
  column->addWidget(view_, 1);
  connect(runs_, &QComboBox::currentIndexChanged, this, [this] {
    take_ranks();
    show_chosen();
  });
  connect(ranks_, &QComboBox::currentIndexChanged, this, [this] { show_chosen(); });
  connect(state_, &ViewState::documents_changed, this, [this] { take_documents(); });
  connect(state_, &ViewState::selection_changed, this, [this] { follow(); });
  take_documents();
}

std::size_t ChartsPanel::document() const {
  const int chosen = runs_->currentIndex();
  return chosen < 0 ? 0 : static_cast<std::size_t>(chosen);
}

void ChartsPanel::take_documents() {
  const QSignalBlocker quiet(runs_);
  const int chosen = runs_->currentIndex();
  runs_->clear();
  for (std::size_t i = 0; i < state_->documents().size(); ++i) runs_->addItem(run_name(*state_, i));
  if (chosen >= 0 && chosen < runs_->count()) runs_->setCurrentIndex(chosen);
  runs_->setVisible(runs_->count() > 1);
  take_ranks();
  show_chosen();
}

void ChartsPanel::take_ranks() {
  const QSignalBlocker quiet(ranks_);
  const QVariant chosen = ranks_->currentData();
  ranks_->clear();
  ranks_->addItem(tr("rank of the selected op"), kFollow);
  if (document() < state_->documents().size()) {
    const RunView& run = state_->documents()[document()].trace->run();
    std::vector<bool> has(run.ranks.size(), false);
    for (const RunRow& row : run.rows) {
      if (row.kind == RowKind::counter && row.rank >= 0) has[static_cast<std::size_t>(row.rank)] = true;
    }
    for (std::size_t rank = 0; rank < has.size(); ++rank) {
      if (has[rank]) ranks_->addItem(QString::fromStdString(rank_name(run, rank)), static_cast<int>(rank));
    }
  }
  const int again = ranks_->findData(chosen);
  if (again >= 0) ranks_->setCurrentIndex(again);
}

void ChartsPanel::follow() {
  const ViewState::Selected selected = state_->selected();
  if (ranks_->currentData().toInt() != kFollow || selected.span == kNoIndex) return;
  if (selected.document != document()) {
    runs_->setCurrentIndex(static_cast<int>(selected.document));
  } else {
    show_chosen();
  }
}

void ChartsPanel::show_chosen() {
  std::int32_t rank = ranks_->currentData().toInt();
  if (rank == kFollow) {
    rank = 0;
    if (document() < state_->documents().size() && state_->selected().document == document()) {
      const RunView& run = state_->documents()[document()].trace->run();
      const std::uint32_t span = state_->selected().span;
      if (span < run.spans()) rank = std::max(0, run.rows[run.row_of(span)].rank);
    }
  }
  view_->show_rank(document(), rank);
}

}  // namespace braid
