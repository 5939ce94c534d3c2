// SPDX-License-Identifier: Apache-2.0
#include "gui/view/scatter_plot.hpp"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>

#include "gui/view/plain_tip.hpp"

namespace braid {
namespace {

constexpr double kLeft = 78, kTop = 14, kGap = 12, kBottom = 46;
constexpr double kRadius = 4.5;
constexpr int kShapes = 4;
// Of a theme's colours those that differ most, in each palette and light.
constexpr Category kColours[] = {Category::forward, Category::backward,  Category::weight_grad, Category::tp,
                                 Category::pp,      Category::recompute, Category::input_grad};

QPainterPath shape(std::size_t which, QPointF at, double r) {
  QPainterPath path;
  const auto polygon = [&](std::initializer_list<QPointF> corners) {
    QPolygonF closed;
    for (const QPointF& corner : corners) closed << at + corner * r;
    path.addPolygon(closed);
    path.closeSubpath();
  };
  switch (which % kShapes) {
    case 0:
      path.addEllipse(at, r, r);
      break;
    case 1:
      polygon({{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}});
      break;
    case 2:
      polygon({{0, -1.2}, {1.1, 0.8}, {-1.1, 0.8}});
      break;
    default:
      polygon({{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}});
      break;
  }
  return path;
}

}  // namespace

ScatterPlot::ScatterPlot(QWidget* parent)
    : QWidget(parent), theme_(braid::theme(PaletteKind::colour_blind_safe, Light::day)) {
  setMouseTracking(true);
  setObjectName(QStringLiteral("scatter"));
  setAccessibleName(tr("Configurations as points; the table below has the same"));
}

void ScatterPlot::show_points(const std::vector<Configuration>* configurations, const QString& currency) {
  configurations_ = configurations;
  currency_ = currency;
  selected_.reset();
  take_points();
}

void ScatterPlot::show_axes(SweepAxis x, SweepAxis y, SweepColour colour) {
  x_ = x;
  y_ = y;
  colour_ = colour;
  take_points();
}

void ScatterPlot::take_points() {
  hovered_.reset();
  points_ = configurations_ == nullptr ? std::vector<ScatterPoint>{} : scatter(*configurations_, x_, y_);
  front_ = pareto_front(points_, x_, y_);
  groups_.clear();
  group_.clear();
  for (const ScatterPoint& point : points_) {
    const std::string name = colour_group((*configurations_)[point.configuration], colour_);
    const auto found = std::find(groups_.begin(), groups_.end(), name);
    group_.push_back(static_cast<std::size_t>(found - groups_.begin()));
    if (found == groups_.end()) groups_.push_back(name);
  }
  update();
}

void ScatterPlot::paint_with(const Theme& theme) {
  theme_ = theme;
  update();
}

void ScatterPlot::select(std::optional<std::size_t> configuration) {
  selected_ = configuration;
  update();
}

QRectF ScatterPlot::box() const { return QRectF(rect()).adjusted(kLeft, kTop, -legend_width() - 2 * kGap, -kBottom); }

std::vector<QString> ScatterPlot::legend() const {
  std::vector<QString> lines;
  for (const std::string& group : groups_) lines.push_back(QString::fromStdString(group));
  if (std::any_of(points_.begin(), points_.end(), [](const ScatterPoint& p) { return !p.fits; }))
    lines.push_back(tr("hollow: does not fit"));
  lines.push_back(tr("line: Pareto front"));
  return lines;
}

double ScatterPlot::legend_width() const {
  const QFontMetricsF metrics(font());
  double width = 0;
  for (const QString& line : legend()) width = std::max(width, metrics.horizontalAdvance(line));
  return width + 22;
}

ScatterMap ScatterPlot::map() const { return scatter_map(points_, box().width(), box().height()); }

std::optional<QPointF> ScatterPlot::place_of(std::size_t configuration) const {
  const auto found = std::find_if(points_.begin(), points_.end(),
                                  [&](const ScatterPoint& p) { return p.configuration == configuration; });
  if (found == points_.end()) return std::nullopt;
  const ScatterMap m = map();
  return box().topLeft() + QPointF(m.x(found->x), m.y(found->y));
}

std::vector<std::size_t> ScatterPlot::front() const {
  std::vector<std::size_t> configurations;
  for (const std::size_t i : front_) configurations.push_back(points_[i].configuration);
  return configurations;
}

std::optional<std::size_t> ScatterPlot::configuration_at(QPointF at) const {
  const QPointF inside = at - box().topLeft();
  const std::optional<std::size_t> point = nearest_point(points_, map(), inside.x(), inside.y());
  if (!point) return std::nullopt;
  return points_[*point].configuration;
}

QString ScatterPlot::text_of(std::size_t configuration) const {
  const Configuration& c = (*configurations_)[configuration];
  QString text = tr("%1, TP %2, PP %3, DP %4, %5 microbatches, %6 x %7")
                     .arg(QString::fromStdString(c.run))
                     .arg(c.tp)
                     .arg(c.pp)
                     .arg(c.dp)
                     .arg(c.microbatches)
                     .arg(c.gpus)
                     .arg(QString::fromStdString(c.gpu));
  for (const SweepAxis axis : kSweepAxes) {
    if (axis == SweepAxis::gpus) continue;
    if (const std::optional<double> value = value_of(c, axis)) {
      text += QStringLiteral("\n%1: %2")
                  .arg(QString::fromLatin1(to_text(axis)),
                       QString::fromStdString(value_text(*value, axis, currency_.toStdString())));
    }
  }
  if (!c.fits) text += tr("\ndoes not fit into its GPU's memory");
  return text + tr("\nsimulated, network %1; click to play it").arg(QString::fromStdString(c.network));
}

void ScatterPlot::paint_axes(QPainter& painter, const ScatterMap& m) const {
  const QRectF inner = box();
  const QFontMetricsF metrics(painter.font());
  painter.setPen(theme_.grid);
  painter.setBrush(theme_.row_even);
  painter.drawRect(inner);
  const std::string currency = currency_.toStdString();
  for (const double tick : round_ticks(m.x_low, m.x_high, std::max(2, static_cast<int>(inner.width() / 90)))) {
    const double x = inner.left() + m.x(tick);
    painter.setPen(theme_.grid);
    painter.drawLine(QPointF(x, inner.top()), QPointF(x, inner.bottom()));
    painter.setPen(theme_.text);
    painter.drawText(QRectF(x - 60, inner.bottom() + 4, 120, metrics.height()), Qt::AlignHCenter,
                     QString::fromStdString(value_text(tick, x_, currency)));
  }
  for (const double tick : round_ticks(m.y_low, m.y_high, std::max(2, static_cast<int>(inner.height() / 50)))) {
    const double y = inner.top() + m.y(tick);
    painter.setPen(theme_.grid);
    painter.drawLine(QPointF(inner.left(), y), QPointF(inner.right(), y));
    painter.setPen(theme_.text);
    painter.drawText(QRectF(18, y - metrics.height() / 2, kLeft - 24, metrics.height()), Qt::AlignRight,
                     QString::fromStdString(value_text(tick, y_, currency)));
  }
  const auto title = [](SweepAxis axis) {
    return tr("%1 (%2 is better)")
        .arg(QString::fromLatin1(to_text(axis)), more_is_better(axis) ? tr("more") : tr("less"));
  };
  painter.setPen(theme_.faint_text);
  painter.drawText(QRectF(inner.left(), inner.bottom() + 4 + metrics.height(), inner.width(), metrics.height() + 4),
                   Qt::AlignCenter, title(x_));
  painter.save();
  painter.translate(2, inner.center().y());
  painter.rotate(-90);
  painter.drawText(QRectF(-inner.height() / 2, 0, inner.height(), metrics.height()), Qt::AlignCenter, title(y_));
  painter.restore();
}

void ScatterPlot::paint_point(QPainter& painter, QPointF at, std::size_t group, bool filled, double radius) const {
  const QColor colour = theme_.category[static_cast<std::size_t>(kColours[group % std::size(kColours)])];
  painter.setPen(QPen(filled ? theme_.text : colour, filled ? 0.8 : 1.6));
  painter.setBrush(filled ? QBrush(colour) : QBrush(Qt::NoBrush));
  painter.drawPath(shape(group, at, radius));
}

void ScatterPlot::paint_legend(QPainter& painter) const {
  const double step = QFontMetricsF(painter.font()).height() + 2;
  const std::vector<QString> lines = legend();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const QPointF at(box().right() + kGap + 6, box().top() + step * (static_cast<double>(i) + 0.5));
    if (i < groups_.size()) paint_point(painter, at, i, true, kRadius);
    painter.setPen(theme_.text);
    painter.drawText(QRectF(at.x() + 10, at.y() - step / 2, legend_width(), step), Qt::AlignVCenter, lines[i]);
  }
}

void ScatterPlot::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), theme_.background);
  if (points_.empty()) {
    painter.setPen(theme_.faint_text);
    painter.drawText(rect(), Qt::AlignCenter,
                     configurations_ == nullptr ? tr("No sweep is open.") : tr("No configuration has both values."));
    return;
  }
  const ScatterMap m = map();
  paint_axes(painter, m);
  const auto place = [&](const ScatterPoint& p) { return box().topLeft() + QPointF(m.x(p.x), m.y(p.y)); };
  QPolygonF line;
  for (const std::size_t i : front_) {
    // In steps: between two points nothing was simulated, and what the better of them reaches holds.
    const QPointF at = place(points_[i]);
    if (!line.isEmpty())
      line << (more_is_better(x_) ? QPointF(line.last().x(), at.y()) : QPointF(at.x(), line.last().y()));
    line << at;
  }
  painter.setPen(QPen(theme_.critical, 2));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolyline(line);
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const bool hot = points_[i].configuration == hovered_;
    paint_point(painter, place(points_[i]), group_[i], points_[i].fits, hot ? kRadius * 1.5 : kRadius);
  }
  if (selected_) {
    if (const std::optional<QPointF> at = place_of(*selected_)) {
      painter.setPen(QPen(theme_.selection, 2.5));
      painter.setBrush(Qt::NoBrush);
      painter.drawEllipse(*at, kRadius * 2.4, kRadius * 2.4);
    }
  }
  paint_legend(painter);
}

bool ScatterPlot::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  if (const std::optional<std::size_t> found = configuration_at(help->pos())) {
    QToolTip::showText(help->globalPos(), plain_tip(text_of(*found)), this);
  } else {
    QToolTip::hideText();
  }
  return true;
}

void ScatterPlot::mouseMoveEvent(QMouseEvent* event) {
  const std::optional<std::size_t> found = configuration_at(event->position());
  if (found == hovered_) return;
  hovered_ = found;
  setCursor(found ? Qt::PointingHandCursor : Qt::ArrowCursor);
  update();
}

void ScatterPlot::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  if (const std::optional<std::size_t> found = configuration_at(event->position())) emit clicked(*found);
}

void ScatterPlot::leaveEvent(QEvent*) {
  hovered_.reset();
  update();
}

}  // namespace braid
