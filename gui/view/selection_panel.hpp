// SPDX-License-Identifier: Apache-2.0
// What the selected area holds, or what is in view: where the time of every rank goes, and which units take it.
#pragma once

#include <QWidget>

#include "gui/model/aggregates.hpp"
#include "gui/view/figure_view.hpp"
#include "gui/view/latest_work.hpp"
#include "gui/view/view_state.hpp"

class QLabel;

namespace braid {

/// A table of ranks (the columns of Holistic Trace Analysis: compute, communication exposed and overlapped, and idle
/// time by cause) above a table of units. Computed in a worker, while the panel can be seen.
class SelectionPanel : public QWidget {
  Q_OBJECT
 public:
  explicit SelectionPanel(ViewState* state, QWidget* parent = nullptr);

  const FigureTable* ranks() const { return ranks_; }
  const FigureTable* units() const { return units_; }
  FigureView* rank_view() const { return rank_view_; }
  QString heading() const;
  const LatestWork* work() const { return work_; }

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  void ask();
  void show_nothing();

  ViewState* state_;
  LatestWork* work_;
  QLabel* heading_;
  FigureTable* ranks_;
  FigureTable* units_;
  FigureView* rank_view_;
  FigureView* unit_view_;
};

/// The rows of the run that an area covers: of folded headings all that they stand for.
std::vector<std::uint32_t> rows_in(const std::vector<LayoutRow>& rows, const Area& area);

}  // namespace braid
