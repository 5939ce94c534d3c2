// SPDX-License-Identifier: Apache-2.0
// The configurations of a sweep as points with the Pareto front. A colour and a shape a group; hollow: does not fit
// into the memory of its GPU.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "gui/model/scatter.hpp"
#include "gui/paint/theme.hpp"

namespace braid {

class ScatterPlot : public QWidget {
  Q_OBJECT
 public:
  explicit ScatterPlot(QWidget* parent = nullptr);

  /// Borrows the configurations until the next call.
  void show_points(const std::vector<Configuration>* configurations, const QString& currency);
  void show_axes(SweepAxis x, SweepAxis y, SweepColour colour);
  void paint_with(const Theme& theme);
  /// Ringed, as what the table has selected.
  void select(std::optional<std::size_t> configuration);

  std::optional<std::size_t> hovered() const { return hovered_; }
  /// Where a configuration's point is, for tests; none if it has no point.
  std::optional<QPointF> place_of(std::size_t configuration) const;
  /// Configurations on the Pareto front, by x.
  std::vector<std::size_t> front() const;

  QSize sizeHint() const override { return {640, 420}; }
  QSize minimumSizeHint() const override { return {240, 160}; }

 signals:
  void clicked(std::size_t configuration);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  void take_points();
  QRectF box() const;
  ScatterMap map() const;
  std::optional<std::size_t> configuration_at(QPointF at) const;
  QString text_of(std::size_t configuration) const;
  void paint_axes(QPainter& painter, const ScatterMap& map) const;
  void paint_point(QPainter& painter, QPointF at, std::size_t group, bool filled, double radius) const;
  std::vector<QString> legend() const;
  double legend_width() const;
  void paint_legend(QPainter& painter) const;

  const std::vector<Configuration>* configurations_ = nullptr;
  QString currency_;
  SweepAxis x_ = SweepAxis::peak_memory, y_ = SweepAxis::step_time;
  SweepColour colour_ = SweepColour::schedule;
  Theme theme_;
  std::vector<ScatterPoint> points_;
  std::vector<std::size_t> front_;   ///< positions in points_
  std::vector<std::string> groups_;  ///< in order of first appearance
  std::vector<std::size_t> group_;   ///< by point
  std::optional<std::size_t> hovered_, selected_;
};

}  // namespace braid
