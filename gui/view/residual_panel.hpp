// SPDX-License-Identifier: Apache-2.0
// Where two runs differ: figures of the step, residuals by class and by op, and how the runs lie on one time axis.
#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "gui/model/run_compare.hpp"
#include "gui/view/figure_view.hpp"
#include "gui/view/latest_work.hpp"
#include "gui/view/view_state.hpp"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QTabWidget;
class QVBoxLayout;

namespace braid {

/// Holds every other document against the first one, in a worker. A click on a class or an op selects it in both runs
/// (of a class the op that differs most); what is selected in any run is selected in the others as well, as far as they
/// have it (ViewState::select_also). Runs start together unless a user moves one.
class ResidualPanel : public QWidget {
  Q_OBJECT
 public:
  explicit ResidualPanel(ViewState* state, QWidget* parent = nullptr);

  const FigureTable* summary() const { return summary_; }
  const FigureTable* classes() const { return classes_; }
  const FigureTable* ops() const { return ops_; }
  FigureView* class_view() const { return class_view_; }
  FigureView* op_view() const { return op_view_; }
  QComboBox* second() const { return second_; }
  QDoubleSpinBox* shift() const { return shift_; }
  QPushButton* align_starts() const { return align_starts_; }
  QPushButton* align_selection() const { return align_selection_; }
  QTabWidget* tabs() const { return tabs_; }
  QString message() const;
  QString alignment() const;
  const LatestWork* work() const { return work_; }

 private:
  /// A document against the first.
  struct Compared {
    RunComparison comparison;
    std::vector<std::uint32_t> back;  ///< by span of the second run: that of the first
  };

  void make_alignment(QVBoxLayout* layout);
  void take_documents();
  void ask();
  void show_second();
  void show_alignment();
  void take_selection();
  void pick(const FigureTable* table, int row);
  std::size_t document() const;  ///< the one that is held against the first
  std::int64_t start_shift(std::size_t document) const;
  const Compared* compared(std::size_t document) const;

  ViewState* state_;
  LatestWork* work_;
  QComboBox* second_;
  QLabel* message_;
  QLabel* alignment_;
  QDoubleSpinBox* shift_;
  QPushButton* align_starts_;
  QPushButton* align_selection_;
  QTabWidget* tabs_;
  FigureTable* summary_;
  FigureTable* classes_;
  FigureTable* ops_;
  FigureView* summary_view_;
  FigureView* class_view_;
  FigureView* op_view_;
  std::vector<std::shared_ptr<const Trace>> traces_;       ///< that were compared
  std::vector<std::shared_ptr<const Compared>> compared_;  ///< by document - 1
};

}  // namespace braid
