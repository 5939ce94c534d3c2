// SPDX-License-Identifier: Apache-2.0
// A sweep store as a scatter and a table. A click on a point plays that configuration in a child process and hands its
// timeline on; in the table a double click or Enter does.
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QProgressBar>
#include <QTableView>
#include <QToolButton>
#include <QWidget>
#include <functional>
#include <memory>
#include <vector>

#include "gui/view/latest_work.hpp"
#include "gui/view/play_process.hpp"
#include "gui/view/scatter_plot.hpp"
#include "gui/view/sweep_table.hpp"
#include "gui/view/view_state.hpp"

namespace braid {

class SweepView : public QWidget {
  Q_OBJECT
 public:
  /// `program` as for PlayProcess.
  explicit SweepView(ViewState* state, QWidget* parent = nullptr, const QString& program = {});

  ScatterPlot* plot() const { return plot_; }
  QTableView* table() const { return table_; }
  const std::vector<Configuration>& configurations() const { return configurations_; }
  /// What went wrong last, "" if nothing did.
  QString message() const { return message_->text(); }
  bool busy() const { return work_.busy() || play_.running(); }

 public slots:
  /// Reads the store in a thread; what is shown stays until then, and when it cannot be read.
  void open(const QString& path);
  /// By position among configurations(). Nothing while another is played.
  void play(std::size_t configuration);
  void cancel();

 signals:
  void opened(QString path);
  void failed(QString message);
  void trace_ready(std::shared_ptr<const braid::Trace> trace);

 private:
  /// Runs `work` in a thread, then `done` here with what `work` complained about, "" if nothing.
  void in_thread(const std::function<void()>& work, const std::function<void(const QString&)>& done);
  void show_configurations();
  void choose_axes();
  void choose_default_axes();  ///< tokens/s against memory where the tokens are known
  void select(std::optional<std::size_t> configuration);
  void tell(const QString& message);
  void show_running();

  ViewState* state_;
  bool axes_chosen_ = false;  ///< by the user
  PlayProcess play_;
  LatestWork work_;  ///< reads the store
  QString path_, currency_;
  std::vector<Configuration> configurations_;
  SweepTable model_;
  SweepSorting sorted_;
  QLabel* title_;
  QComboBox *x_, *y_, *colour_;
  ScatterPlot* plot_;
  QTableView* table_;
  QLabel* message_;
  QProgressBar* progress_;
  QToolButton* cancel_;
};

}  // namespace braid
