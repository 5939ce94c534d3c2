// SPDX-License-Identifier: Apache-2.0
// The idle pieces of a run as a table, the costliest first; its selection is that of the timeline.
#pragma once

#include <QWidget>

#include "gui/model/aggregates.hpp"
#include "gui/view/figure_view.hpp"
#include "gui/view/latest_work.hpp"
#include "gui/view/view_state.hpp"

class QCheckBox;
class QComboBox;
class QLabel;

namespace braid {

/// Filtered by cause, by rank, by what is in view. A row that a user picks is selected and brought into view; an idle
/// piece that is selected elsewhere is selected here, if it is in the table. Filled in a worker, while it can be seen.
class BubblePanel : public QWidget {
  Q_OBJECT
 public:
  explicit BubblePanel(ViewState* state, QWidget* parent = nullptr);

  const FigureTable* table() const { return table_; }
  FigureView* view() const { return view_; }
  QComboBox* runs() const { return runs_; }
  QComboBox* causes() const { return causes_; }
  QComboBox* ranks() const { return ranks_; }
  QCheckBox* in_view() const { return in_view_; }
  QString total() const;
  const LatestWork* work() const { return work_; }

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  std::size_t document() const;
  void take_documents();
  void take_run();  ///< causes and ranks to choose from
  void ask();
  void take_selection();

  ViewState* state_;
  LatestWork* work_;
  QComboBox* runs_;
  QComboBox* causes_;
  QComboBox* ranks_;
  QCheckBox* in_view_;
  QLabel* total_;
  FigureTable* table_;
  FigureView* view_;
  std::vector<std::shared_ptr<const Trace>> traces_;  ///< that the boxes were filled for
};

}  // namespace braid
