// SPDX-License-Identifier: Apache-2.0
#include "gui/view/compare_band.hpp"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "gui/paint/compare_painter.hpp"
#include "gui/view/run_names.hpp"

namespace braid {
namespace {

constexpr int kHeight = 52;
constexpr int kPadding = 6;

}  // namespace

CompareBand::CompareBand(ViewState* state, QWidget* parent, std::size_t second)
    : QWidget(parent), state_(state), second_(second) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  setAttribute(Qt::WA_OpaquePaintEvent);
  const auto forget = [this] {
    band_width_ = -1;
    update();
  };
  connect(state_, &ViewState::documents_changed, this, forget);
  connect(state_, &ViewState::range_changed, this, qOverload<>(&QWidget::update));
  connect(state_, &ViewState::look_changed, this, qOverload<>(&QWidget::update));
}

QSize CompareBand::sizeHint() const { return {kLabelColumn + 400, kHeight}; }
QSize CompareBand::minimumSizeHint() const { return {kLabelColumn + 50, kHeight}; }

QRectF CompareBand::body() const { return QRectF(rect()).adjusted(kLabelColumn, 0, 0, 0); }

const DifferenceBand& CompareBand::band() const {
  const TimeRange range = state_->range();
  const double width = body().width();
  if (range == band_range_ && width == band_width_) return band_;
  const auto& documents = state_->documents();
  band_ = difference_band(*documents[0].trace, *documents[second_].trace, {range, width}, documents[0].shift,
                          documents[second_].shift);
  band_range_ = range;
  band_width_ = width;
  return band_;
}

QString CompareBand::text_at(double x) const {
  if (!comparing() || x < kLabelColumn) return {};
  const auto pixel = static_cast<std::size_t>(x - kLabelColumn);
  const DifferenceBand& now = band();
  if (pixel >= now.first_busy.size() || pixel >= now.second_busy.size()) return {};
  const double first = 100.0 * double{now.first_busy[pixel]}, second = 100.0 * double{now.second_busy[pixel]};
  return tr("%1: %2 % busy, %3: %4 %, %5 points %6")
      .arg(run_name(*state_, 0))
      .arg(first, 0, 'f', 0)
      .arg(run_name(*state_, second_))
      .arg(second, 0, 'f', 0)
      .arg(std::abs(first - second), 0, 'f', 0)
      .arg(first >= second ? tr("more") : tr("less"));
}

void CompareBand::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Theme& theme = state_->theme();
  painter.fillRect(rect(), theme.background);
  if (!comparing()) return;
  paint_compare_band(painter, band(), theme, body());

  painter.fillRect(QRect(0, 0, kLabelColumn, height()), theme.row_even);
  painter.setFont(theme.font);
  const double line = height() / 3.0;
  const auto label = [&](int at, const QString& text, const QColor& colour) {
    const QRectF room(kPadding, at * line, kLabelColumn - 2 * kPadding, line);
    painter.setPen(colour);
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignRight,
                     painter.fontMetrics().elidedText(text, Qt::ElideMiddle, static_cast<int>(room.width())));
  };
  label(0, tr("%1 busy").arg(run_name(*state_, 0)), busier_colour(theme, true));
  label(1, tr("who is busier"), theme.faint_text);
  label(2, tr("%1 busy").arg(run_name(*state_, second_)), busier_colour(theme, false));
  painter.setPen(theme.grid);
  painter.drawLine(kLabelColumn - 1, 0, kLabelColumn - 1, height());
}

bool CompareBand::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  QToolTip::showText(help->globalPos(), text_at(help->pos().x()), this);
  return true;
}

}  // namespace braid
