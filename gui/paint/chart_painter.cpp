// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/chart_painter.hpp"

#include <QFontMetricsF>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

namespace braid {
namespace {

constexpr double kMargin = 6;
constexpr double kHeadroom = 1.06;
/// A capacity is in the picture if at least this much of it is used; else the chart would be flat.
constexpr double kNear = 0.25;
// Of 255: how pale bands are above the lowest sum of a pixel, and what reaches up to its highest.
constexpr int kVeil = 130;
constexpr int kShade = 34;
constexpr int kLineShade = 80;
constexpr double kHalfLine = 0.75;

QColor colour(const Theme& theme, Category category) { return theme.category[static_cast<std::size_t>(category)]; }

/// A line of a light colour is hard to see on light paper.
QColor line_colour(const Theme& theme, Category category) {
  const QColor ink = colour(theme, category);
  return theme.light == Light::day && ink.lightness() > 130 ? QColor(ink.darker(135).rgb()) : ink;
}

class ChartPicture {
 public:
  ChartPicture(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where,
               const ChartData* ghost = nullptr)
      : painter_(painter),
        scene_(scene),
        data_(data),
        ghost_(ghost != nullptr && ghost->stacked() && !ghost->time().empty() ? ghost : nullptr),
        where_(where),
        plot_(where.adjusted(std::min<double>(kLabelColumn, where.width()), 4, 0, -4)),
        map_{scene.range, std::max(1.0, plot_.width())},
        top_(std::max(axis_top(data), ghost_ == nullptr ? 0 : axis_top(*ghost_))),
        metrics_(scene.theme.font) {}

  void paint_body() {
    begin();
    painter_.fillRect(where_, scene_.theme.background);
    if (has_plot()) {
      grid();
      painter_.setClipRect(plot_, Qt::IntersectClip);
      find_pixels();
      switch (data_.chart().kind) {
        case Chart::Kind::memory:
          memory();
          break;
        case Chart::Kind::occupancy:
          shares();
          break;
        case Chart::Kind::links:
        case Chart::Kind::other:
          for (std::size_t s = 0; s < data_.series().size(); ++s) line(s);
          break;
      }
      if (ghost_ != nullptr) ghost();
      capacity();
      tick_labels();
    }
    painter_.restore();
  }

  void paint_marks() {
    begin();
    if (has_plot()) {
      marks();
      cursor();
    }
    labels();
    painter_.restore();
  }

 private:
  struct Pixel {
    double x = 0;
    TimeRange range;
    ChartData::Instants instants;
  };

  void begin() {
    painter_.save();
    painter_.setRenderHint(QPainter::Antialiasing, false);
    painter_.setFont(scene_.theme.font);
    painter_.setClipRect(where_, Qt::IntersectClip);
  }

  bool has_plot() const { return plot_.width() >= 1 && plot_.height() >= 1 && scene_.range.length() > 0; }

  double y(double value) const { return plot_.bottom() - value / top_ * plot_.height(); }

  /// Those that lie within the run.
  void find_pixels() {
    const TimeRange run = scene_.trace->extent();
    for (int pixel = 0; pixel < map_.width; ++pixel) {
      TimeRange range{map_.time(pixel), map_.time(pixel + 1)};
      range.end = std::min(std::max(range.end, range.begin + 1), run.end);
      if (range.begin < run.begin || range.begin >= range.end) continue;
      const ChartData::Instants instants = data_.in_force(range);
      if (!instants.empty()) pixels_.push_back({plot_.left() + pixel, range, instants});
    }
  }

  /// Fills from top to bottom of each pixel as span_of(pixel number) says. Equal neighbours are one rectangle: faster,
  /// and a picture of vectors stays small.
  template <class SpanOf>
  void fill(const QColor& ink, SpanOf span_of) {
    std::optional<QRectF> open;
    const auto close = [&] {
      if (open && open->height() > 0) painter_.fillRect(*open, ink);
      open.reset();
    };
    for (std::size_t i = 0; i < pixels_.size(); ++i) {
      const auto [top, bottom] = span_of(i);
      if (open && open->right() == pixels_[i].x && open->top() == top && open->bottom() == bottom) {
        open->setRight(pixels_[i].x + 1);
        continue;
      }
      close();
      open = QRectF(QPointF(pixels_[i].x, top), QPointF(pixels_[i].x + 1, bottom));
    }
    close();
  }

  void memory() {
    std::vector<Extremes::Found> found;
    for (const Pixel& pixel : pixels_) found.push_back(data_.extremes(pixel.instants));
    std::vector<double> below(pixels_.size(), 0);
    for (std::size_t s = 0; s < data_.series().size(); ++s) {
      fill(series_colour(scene_.theme, data_, s), [&](std::size_t i) {
        const double bottom = y(below[i]);
        below[i] += data_.series()[s].value[found[i].high];
        return std::pair(y(below[i]), bottom);
      });
    }
    QColor veil = scene_.theme.background;
    veil.setAlpha(kVeil);
    fill(veil, [&](std::size_t i) { return std::pair(y(data_.sum(found[i].high)), y(data_.sum(found[i].low))); });
  }

  void shares() {
    std::vector<double> below(pixels_.size(), 0);
    for (std::size_t s = 0; s < data_.series().size(); ++s) {
      fill(series_colour(scene_.theme, data_, s), [&](std::size_t i) {
        const double bottom = y(below[i]);
        below[i] += data_.mean(pixels_[i].range, pixels_[i].instants, s);
        return std::pair(y(below[i]), bottom);
      });
    }
    QColor shade = scene_.theme.text;
    shade.setAlpha(kShade);
    fill(shade, [&](std::size_t i) {
      const double highest = data_.sum(data_.extremes(pixels_[i].instants).high);
      return std::pair(y(std::max(highest, below[i])), y(below[i]));
    });
  }

  void line(std::size_t series) {
    const std::vector<double>& value = data_.series()[series].value;
    const QColor ink = series_colour(scene_.theme, data_, series);
    QColor shade = ink;
    shade.setAlpha(kLineShade);
    fill(shade, [&](std::size_t i) {
      const Extremes::Found found = data_.extremes(pixels_[i].instants, series);
      return std::pair(y(value[found.high]) - kHalfLine, y(value[found.low]) + kHalfLine);
    });
    stroke(ink, [&](std::size_t i) { return y(data_.mean(pixels_[i].range, pixels_[i].instants, series)); });
  }

  /// A line through the heights that y_of(pixel number) gives, without a gap where it jumps.
  template <class YOf>
  void stroke(const QColor& ink, YOf y_of) {
    std::optional<double> before;
    fill(ink, [&](std::size_t i) {
      const double now = y_of(i), was = before.value_or(now);
      before = now;
      return std::pair(std::min(was, now) - kHalfLine, std::max(was, now) + kHalfLine);
    });
  }

  void ghost() {
    const bool peaks = data_.chart().kind == Chart::Kind::memory;
    const auto sum_in = [&](TimeRange range) {
      const ChartData::Instants instants = ghost_->in_force(range);
      if (instants.empty()) return 0.0;
      if (peaks) return ghost_->sum(ghost_->extremes(instants).high);
      double sum = 0;
      for (std::size_t s = 0; s < ghost_->series().size(); ++s) sum += ghost_->mean(range, instants, s);
      return sum;
    };
    stroke(scene_.theme.text, [&](std::size_t i) { return y(sum_in(pixels_[i].range)); });
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
      const QString text = QString::fromStdString(tick_text(tick, top_, data_.unit()));
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
    painter_.setPen(scene_.theme.text);
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

  /// What stands beside the names, and of what; empty: nothing is known there.
  std::vector<double> told(QString& of_what) const {
    std::vector<double> values;
    std::size_t instant = data_.time().size();
    const TimeRange view = clamped(scene_.range, scene_.trace->extent());
    const ChartData::Instants instants = data_.in_force(view);
    if (scene_.cursor_x >= 0) {
      of_what = QStringLiteral("at the cursor");
      instant = data_.at(map_.time(scene_.cursor_x));
    } else if (data_.chart().kind == Chart::Kind::memory) {
      of_what = QStringLiteral("fullest in view");
      if (!instants.empty()) instant = data_.extremes(instants).high;
    } else {
      of_what = QStringLiteral("mean in view");
      for (std::size_t s = 0; s < data_.series().size(); ++s) values.push_back(data_.mean(view, instants, s));
      return values;
    }
    if (instant == data_.time().size()) return values;
    for (const ChartData::Series& series : data_.series()) values.push_back(series.value[instant]);
    return values;
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
    QString of_what;
    const std::vector<double> values = told(of_what);
    const auto value = [&](double number) {
      const QString text = QString::fromStdString(data_.text(number));
      painter_.setPen(scene_.theme.text);
      painter_.drawText(QRectF(where_.left() + kMargin, at, width, line), Qt::AlignRight | Qt::AlignVCenter, text);
      return metrics_.horizontalAdvance(text) + 6;
    };
    if (!values.empty()) {
      const bool sum = data_.chart().kind == Chart::Kind::memory;
      const double right = sum ? value(std::accumulate(values.begin(), values.end(), 0.0)) : 0;
      write(of_what, scene_.theme.faint_text, 0, right);
      at += line;
    }
    for (std::size_t s = data_.series().size(); s-- > 0;) {
      if (at + line > where_.bottom()) break;
      painter_.fillRect(QRectF(where_.left() + kMargin, at + (line - 8) / 2, 8, 8),
                        series_colour(scene_.theme, data_, s));
      const double right = values.empty() ? 0 : value(values[s]);
      write(QString::fromStdString(data_.series()[s].name), scene_.theme.text, 13, right);
      at += line;
    }
  }

  QPainter& painter_;
  const Scene& scene_;
  const ChartData& data_;
  const ChartData* ghost_;
  QRectF where_, plot_;
  TimeMap map_;
  double top_ = 1;
  QFontMetricsF metrics_;
  std::vector<Pixel> pixels_;
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
    if (one.name == "NIC") return line_colour(theme, Category::pp);
    if (one.name == "leaf to spine") return line_colour(theme, Category::dp);
    if (one.name == "host bridge") return line_colour(theme, Category::host);
    if (one.name == "NVLink" || one.name == "PCIe") return line_colour(theme, Category::tp);
  }
  constexpr std::array kOthers = {Category::forward, Category::tp,        Category::pp,
                                  Category::dp,      Category::optimizer, Category::weight_grad};
  const Category other = kOthers[series % kOthers.size()];
  return data.stacked() ? colour(theme, other) : line_colour(theme, other);
}

double axis_top(const ChartData& data) {
  double top = data.highest();
  if (data.chart().kind == Chart::Kind::occupancy) top = std::max(top, 1.0);
  if (data.capacity() > 0 && data.highest() >= kNear * data.capacity()) top = std::max(top, data.capacity());
  return top > 0 ? top * kHeadroom : 1;
}

void paint_chart_body(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where,
                      const ChartData* ghost) {
  ChartPicture(painter, scene, data, where, ghost).paint_body();
}

void paint_chart_marks(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where) {
  ChartPicture(painter, scene, data, where).paint_marks();
}

void paint_chart(QPainter& painter, const Scene& scene, const ChartData& data, QRectF where) {
  paint_chart_body(painter, scene, data, where);
  paint_chart_marks(painter, scene, data, where);
}

void paint_chart(QPainter& painter, const Scene& scene, const Chart& chart, QRectF where) {
  paint_chart(painter, scene, ChartData(*scene.trace, chart), where);
}

}  // namespace braid
