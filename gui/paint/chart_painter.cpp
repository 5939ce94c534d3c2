// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/chart_painter.hpp"

#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace braid {
namespace {

constexpr double kMargin = 6;
constexpr double kHeadroom = 1.06;
/// A capacity is in the picture if at least this much of it is used; else the chart would be flat.
constexpr double kNear = 0.25;
constexpr int kVeil = 130;  ///< of 255: how pale a band is above the lowest sum of its pixel

QColor colour(const Theme& theme, Category category) { return theme.category[static_cast<std::size_t>(category)]; }

class ChartPicture {
 public:
  ChartPicture(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where)
      : painter_(painter),
        scene_(scene),
        data_(data),
        where_(where),
        plot_(where.adjusted(std::min<double>(kLabelColumn, where.width()), 4, 0, -4)),
        map_{scene.range, std::max(1.0, plot_.width())},
        top_(axis_top(data)),
        metrics_(scene.theme.font) {}

  void paint() {
    painter_.save();
    painter_.setRenderHint(QPainter::Antialiasing, false);
    painter_.setFont(scene_.theme.font);
    painter_.fillRect(where_, scene_.theme.background);
    painter_.setClipRect(where_);
    if (plot_.width() >= 1 && plot_.height() >= 1 && scene_.range.length() > 0) {
      marks();
      grid();
      painter_.save();
      painter_.setClipRect(plot_, Qt::IntersectClip);
      if (!data_.time().empty()) data_.stacked() ? bands() : lines();
      capacity();
      painter_.restore();
      tick_labels();
      cursor();
    }
    labels();
    painter_.restore();
  }

 private:
  double y(double value) const { return plot_.bottom() - value / top_ * plot_.height(); }

  /// Calls visit(left, right, instants) for each pixel of the chart that lies within the run.
  template <class Visit>
  void each_pixel(Visit visit) const {
    const TimeRange run = scene_.trace->extent();
    for (int pixel = 0; pixel < map_.width; ++pixel) {
      TimeRange range{map_.time(pixel), map_.time(pixel + 1)};
      range.end = std::max(range.end, range.begin + 1);
      range.end = std::min(range.end, run.end);
      if (range.begin >= range.end) continue;
      const ChartData::Instants instants = data_.in_force(range);
      if (!instants.empty()) visit(plot_.left() + pixel, instants);
    }
  }

  void bands() {
    // Pixels that show the same are one rectangle: a picture of lines stays small.
    std::optional<Extremes::Found> open;
    double from = 0, to = 0;
    const auto close = [&] {
      if (open) band_columns(from, to, *open);
      open.reset();
    };
    each_pixel([&](double x, ChartData::Instants instants) {
      const Extremes::Found found = data_.extremes(instants);
      const bool same = open && to == x && open->high == found.high && data_.sum(open->low) == data_.sum(found.low);
      if (!same) {
        close();
        open = found;
        from = x;
      }
      to = x + 1;
    });
    close();
  }

  void band_columns(double from, double to, Extremes::Found found) {
    double below = 0;
    for (std::size_t s = 0; s < data_.series().size(); ++s) {
      const double value = data_.series()[s].value[found.high];
      const double bottom = y(below), top = y(below + value);
      below += value;
      if (bottom - top > 0) {
        painter_.fillRect(QRectF(from, top, to - from, bottom - top), series_colour(scene_.theme, data_, s));
      }
    }
    const double low = y(data_.sum(found.low)), high = y(data_.sum(found.high));
    if (low - high < 0.5) return;
    QColor veil = scene_.theme.background;
    veil.setAlpha(kVeil);
    painter_.fillRect(QRectF(from, high, to - from, low - high), veil);
  }

  void lines() {
    for (std::size_t s = 0; s < data_.series().size(); ++s) {
      const std::vector<double>& value = data_.series()[s].value;
      const QColor ink = series_colour(scene_.theme, data_, s);
      std::optional<QRectF> open;
      const auto close = [&] {
        if (open) painter_.fillRect(*open, ink);
        open.reset();
      };
      each_pixel([&](double x, ChartData::Instants instants) {
        const Extremes::Found found = data_.extremes(instants, s);
        const double top = y(value[found.high]) - 0.75, bottom = y(value[found.low]) + 0.75;
        const bool same = open && open->right() == x && open->top() == top && open->bottom() == bottom;
        if (same) {
          open->setRight(x + 1);
          return;
        }
        close();
        open = QRectF(x, top, 1, bottom - top);
      });
      close();
    }
  }

  std::vector<double> axis() const {
    const int most = std::max(1, static_cast<int>(plot_.height() / (1.8 * metrics_.height())));
    return ticks(top_, most, data_.unit());
  }

  void grid() {
    for (const double tick : axis()) {
      painter_.fillRect(QRectF(plot_.left(), std::floor(y(tick)), plot_.width(), 1), scene_.theme.grid);
    }
  }

  void tick_labels() {
    for (const double tick : axis()) {
      const QString text = QString::fromStdString(tick == 0 ? "0" : data_.text(tick));
      const double width = metrics_.horizontalAdvance(text) + 6;
      const double at = std::max(plot_.top(), y(tick) - metrics_.height());
      QColor paper = scene_.theme.background;
      paper.setAlpha(170);
      const QRectF box(plot_.left(), at, width, metrics_.height());
      painter_.fillRect(box, paper);
      painter_.setPen(scene_.theme.text);
      painter_.drawText(box, Qt::AlignCenter, text);
    }
  }

  void capacity() {
    if (data_.unit() != ChartData::Unit::bytes || !(data_.capacity() > 0) || data_.capacity() > top_) return;
    QPen pen(scene_.theme.critical, 1, Qt::DashLine);
    painter_.setPen(pen);
    const double at = std::floor(y(data_.capacity())) + 0.5;
    painter_.drawLine(QPointF(plot_.left(), at), QPointF(plot_.right(), at));
    const QString text = QStringLiteral("GPU: ") + QString::fromStdString(data_.text(data_.capacity()));
    const QRectF box(plot_.right() - metrics_.horizontalAdvance(text) - kMargin, at,
                     metrics_.horizontalAdvance(text) + 4, metrics_.height());
    QColor paper = scene_.theme.background;
    paper.setAlpha(170);
    painter_.fillRect(box, paper);
    painter_.drawText(box, Qt::AlignCenter, text);
  }

  /// Selected area and span, as in the timeline.
  void marks() {
    const auto shade = [&](TimeRange range, QColor tint, int alpha) {
      const double from = std::clamp(map_.x(range.begin), 0.0, map_.width);
      const double to = std::clamp(map_.x(range.end), 0.0, map_.width);
      tint.setAlpha(alpha);
      if (to > from) painter_.fillRect(QRectF(plot_.left() + from, plot_.top(), to - from, plot_.height()), tint);
    };
    if (scene_.area) shade(scene_.area->range, scene_.theme.selection, 24);
    const RunView& run = scene_.trace->run();
    if (scene_.selected < run.spans()) {
      shade({run.start[scene_.selected], run.end[scene_.selected]}, scene_.theme.selection, 40);
    }
  }

  void cursor() {
    if (scene_.cursor_x < 0 || scene_.cursor_x > plot_.width()) return;
    painter_.fillRect(QRectF(plot_.left() + std::floor(scene_.cursor_x), plot_.top(), 1, plot_.height()),
                      scene_.theme.hover);
  }

  /// What the values beside the title are of: the cursor's time, or the highest instant in view.
  std::optional<std::size_t> told_instant() const {
    if (data_.time().empty()) return std::nullopt;
    if (scene_.cursor_x >= 0) {
      const std::size_t at = data_.at(map_.time(scene_.cursor_x));
      return at < data_.time().size() ? std::optional(at) : std::nullopt;
    }
    const ChartData::Instants instants = data_.in_force(scene_.range);
    if (instants.empty()) return std::nullopt;
    if (data_.stacked()) return data_.extremes(instants).high;
    std::size_t best = instants.first;
    double most = -1;
    for (std::size_t s = 0; s < data_.series().size(); ++s) {
      const std::size_t high = data_.extremes(instants, s).high;
      if (data_.series()[s].value[high] > most) most = data_.series()[s].value[high], best = high;
    }
    return best;
  }

  void labels() {
    const double line = metrics_.height();
    const double width = std::min<double>(kLabelColumn, where_.width()) - 2 * kMargin;
    double at = where_.top() + 3;
    const auto write = [&](const QString& text, const QColor& ink, double left, double right) {
      painter_.setPen(ink);
      painter_.drawText(QRectF(where_.left() + kMargin + left, at, width - left - right, line),
                        Qt::AlignLeft | Qt::AlignVCenter,
                        metrics_.elidedText(text, Qt::ElideRight, width - left - right));
    };
    QFont bold = scene_.theme.font;
    bold.setBold(true);
    painter_.setFont(bold);
    write(QString::fromStdString(data_.chart().title), scene_.theme.text, 0, 0);
    painter_.setFont(scene_.theme.font);
    at += line + 1;
    const std::optional<std::size_t> instant = told_instant();
    const auto value = [&](double number) {
      const QString text = QString::fromStdString(data_.text(number));
      painter_.setPen(scene_.theme.text);
      painter_.drawText(QRectF(where_.left() + kMargin, at, width, line), Qt::AlignRight | Qt::AlignVCenter, text);
      return metrics_.horizontalAdvance(text) + 6;
    };
    if (data_.stacked() && data_.series().size() > 1 && instant && data_.chart().kind == Chart::Kind::memory) {
      const double right = value(data_.sum(*instant));
      write(scene_.cursor_x >= 0 ? QStringLiteral("all") : QStringLiteral("all, at the peak"), scene_.theme.faint_text,
            0, right);
      at += line;
    }
    for (std::size_t s = data_.series().size(); s-- > 0;) {
      if (at + line > where_.bottom()) break;
      painter_.fillRect(QRectF(where_.left() + kMargin, at + (line - 8) / 2, 8, 8),
                        series_colour(scene_.theme, data_, s));
      const double right = instant ? value(data_.series()[s].value[*instant]) : 0;
      write(QString::fromStdString(data_.series()[s].name), scene_.theme.text, 13, right);
      at += line;
    }
  }

  QPainter& painter_;
  const Scene& scene_;
  const ChartData& data_;
  QRectF where_, plot_;
  TimeMap map_;
  double top_ = 1;
  QFontMetricsF metrics_;
};

Category category_of(CounterKind counter) {
  switch (counter) {
    case CounterKind::memory_parameters:
      return Category::compute;
    case CounterKind::memory_gradients:
      return Category::input_grad;
    case CounterKind::memory_optimizer:
      return Category::optimizer;
    case CounterKind::memory_deferred_w:
      return Category::weight_grad;
    case CounterKind::memory_buffers:
      return Category::other;
    default:
      return Category::forward;
  }
}

}  // namespace

QColor series_colour(const Theme& theme, const ChartData& data, std::size_t series) {
  const ChartData::Series& one = data.series()[series];
  if (data.chart().kind == Chart::Kind::memory) return colour(theme, category_of(one.counter));
  if (data.chart().kind == Chart::Kind::links) {
    if (one.name == "NIC") return colour(theme, Category::pp);
    if (one.name == "leaf to spine") return colour(theme, Category::dp);
    if (one.name == "host bridge") return colour(theme, Category::host);
    if (one.name == "NVLink" || one.name == "PCIe") return colour(theme, Category::tp);
  }
  constexpr std::array kOthers = {Category::forward, Category::tp,        Category::pp,
                                  Category::dp,      Category::optimizer, Category::weight_grad};
  return colour(theme, kOthers[series % kOthers.size()]);
}

double axis_top(const ChartData& data) {
  double top = data.highest();
  if (data.chart().kind == Chart::Kind::occupancy) top = std::max(top, 1.0);
  if (data.capacity() > 0 && data.highest() >= kNear * data.capacity()) top = std::max(top, data.capacity());
  return top > 0 ? top * kHeadroom : 1;
}

void paint_chart(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where) {
  ChartPicture(painter, scene, data, where).paint();
}

void paint_chart(QPainter& painter, const Scene& scene, const Chart& chart, QRectF where) {
  paint_chart(painter, scene, ChartData(*scene.trace, chart), where);
}

}  // namespace braid
