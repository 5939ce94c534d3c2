// SPDX-License-Identifier: Apache-2.0
// Counters of a run below its timeline: memory, SMs, links, one above the other on the timeline's axis.
#pragma once

#include <QComboBox>
#include <QImage>
#include <QWidget>
#include <memory>
#include <vector>

#include "gui/model/charts.hpp"
#include "gui/view/view_state.hpp"

namespace braid {

/// The charts alone. Hovering moves the cursor that all views share, a click brings its time to the middle, the wheel
/// does what it does over a timeline.
class ChartsView : public QWidget {
  Q_OBJECT
 public:
  explicit ChartsView(ViewState* state, QWidget* parent = nullptr);
  /// Charts of this document: those of the rank at this position of its run, and those of the cluster.
  void show_rank(std::size_t document, std::int32_t rank);
  std::size_t charts() const { return charts_.size(); }
  const ChartData& chart(std::size_t i) const { return *charts_[i]; }
  /// The values of the chart at this point of the widget at its time, a line each; "" where there is none.
  QString tooltip_at(QPointF where) const;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  bool event(QEvent* event) override;

 private:
  bool shows_a_run() const { return document_ < state_->documents().size(); }
  std::int64_t shift() const { return state_->documents()[document_].shift; }
  TimeMap map() const;  ///< of the axis that all documents share
  bool over_plot(double x) const;
  QRectF place(std::size_t chart) const;
  Scene scene() const;
  void prepare();
  void paint_bodies(const Scene& scene);

  ViewState* state_;
  std::size_t document_ = 0;
  std::shared_ptr<const Trace> trace_, ghost_;  ///< what the charts are of
  std::int32_t rank_ = -1;
  std::vector<std::unique_ptr<ChartData>> charts_, ghosts_;  ///< a ghost a chart, or null
  QImage bodies_;  ///< the charts without cursor and marks; null: to be painted anew
};

/// With a choice of the run and of the rank, which by themselves are those of the selected op.
class ChartsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ChartsPanel(ViewState* state, QWidget* parent = nullptr);
  ChartsView* view() const { return view_; }
  QComboBox* ranks() const { return ranks_; }
  QComboBox* runs() const { return runs_; }

 private:
  void take_documents();
  void take_ranks();
  void follow();
  void show_chosen();
  std::size_t document() const;

  ViewState* state_;
  QComboBox* runs_;
  QComboBox* ranks_;
  ChartsView* view_;
};

}  // namespace braid
