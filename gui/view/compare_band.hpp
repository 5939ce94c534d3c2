// SPDX-License-Identifier: Apache-2.0
// The strip between two timelines, on their time axis: which of the runs is busier when.
#pragma once

#include <QWidget>

#include "gui/model/run_compare.hpp"
#include "gui/view/view_state.hpp"

namespace braid {

class CompareBand : public QWidget {
  Q_OBJECT
 public:
  /// Holds document `second` against the first one. Empty as long as there is no such document.
  explicit CompareBand(ViewState* state, QWidget* parent = nullptr, std::size_t second = 1);

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;
  /// "stp: 80 % busy, zb-v: 65 %, 15 points more": at a pixel of the widget; "" beside the axis.
  QString text_at(double x) const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

 private:
  bool comparing() const { return state_->documents().size() > second_; }
  /// For the range and width of now; computed when one of them has changed.
  const DifferenceBand& band() const;
  QRectF body() const;

  ViewState* state_;
  std::size_t second_;
  mutable DifferenceBand band_;
  mutable TimeRange band_range_{};
  mutable double band_width_ = -1;
};

}  // namespace braid
