// SPDX-License-Identifier: Apache-2.0
// What if: a form over the scenario of a run, played again in a child process. The result takes the run's place in the
// window, the old one stays behind it as a ghost and can be had back.
#pragma once

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QWidget>
#include <memory>
#include <vector>

#include "gui/view/changes_model.hpp"
#include "gui/view/play_process.hpp"
#include "gui/view/view_state.hpp"
#include "gui/view/what_if_form.hpp"

namespace braid {

class WhatIfPanel : public QWidget {
  Q_OBJECT
 public:
  /// `program` as for PlayProcess.
  explicit WhatIfPanel(ViewState* state, QWidget* parent = nullptr, const QString& program = {});

  WhatIfForm* form() const { return form_; }
  /// For menus and help; Ctrl+R and "back" are heard in the whole window.
  QAction* run_action() const { return run_; }
  QAction* cancel_action() const { return cancel_; }
  QAction* back_action() const { return back_; }
  bool running() const { return play_.running(); }
  qint64 child_id() const { return play_.child_id(); }
  /// What went wrong last, "" if nothing did.
  QString message() const { return message_->text(); }
  QAbstractItemModel* numbers() { return &numbers_; }

 public slots:
  void run();
  void cancel();
  void back();   ///< to the result before this one, or to what was opened
  void reset();  ///< the form's values are those of what was opened
  void save_scenario_dialog();
  /// With its profile beside it where it has one.
  void save_scenario(const QString& path);

 signals:
  void finished();  ///< a result is shown, or a message says why not

 private:
  /// What was shown, and which values made it.
  struct Result {
    std::shared_ptr<const Trace> trace;
    WhatIfValues values;
    std::string changes{};  ///< "plan.tp=8"; "": as it was opened
  };
  void make_actions();
  QWidget* make_below();
  void follow_documents();
  void take_form();
  void check_form();
  void take_result(std::shared_ptr<const Trace> trace);
  void show_numbers();
  void tell(const QString& message);
  void show_running();

  ViewState* state_;
  PlayProcess play_;
  ChangesModel numbers_;
  WhatIf what_if_;
  std::size_t document_ = 0;
  Result shown_;
  std::vector<Result> older_;
  WhatIfValues playing_;
  std::vector<std::string> playing_notes_;
  bool putting_in_ = false;

  WhatIfForm* form_;
  QComboBox* which_;
  QLabel* title_;
  QLabel* issues_;
  QLabel* message_;
  QLabel* notes_;
  QLabel* doing_;
  QProgressBar* progress_;
  QWidget* numbers_view_ = nullptr;
  QAction *run_, *cancel_, *back_, *reset_, *save_;
  QTimer tick_;
};

}  // namespace braid
