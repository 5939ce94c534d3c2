// SPDX-License-Identifier: Apache-2.0
// Finds spans by words and conditions while one types; Enter goes to the next hit, Shift+Enter to the one before.
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QThreadPool>
#include <QWidget>
#include <atomic>
#include <memory>
#include <vector>

#include "gui/model/find.hpp"
#include "gui/view/view_state.hpp"

namespace braid {

class SearchBar : public QWidget {
  Q_OBJECT
 public:
  explicit SearchBar(ViewState* state, QWidget* parent = nullptr);
  ~SearchBar() override;  ///< stops the search and waits for it

  QLineEdit* edit() const { return edit_; }
  /// "3 of 120, 12.3 ms in all", or what is wrong with the query.
  QString summary() const { return summary_->text(); }
  /// Whether a search is under way.
  bool busy() const { return job_ != nullptr; }

 public slots:
  void begin();  ///< takes the focus, its text selected
  void next();
  void previous();

 signals:
  void searched();  ///< hits are those of the text
  void closed();    ///< Escape in an empty field

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  struct Job;
  void start();
  void finish(const std::shared_ptr<Job>& job);
  void clear_hits();
  void step(bool forward);
  void show_summary();

  ViewState* state_;
  QLineEdit* edit_;
  QLabel* summary_;
  QThreadPool pool_;
  std::shared_ptr<Job> job_;
  std::vector<ViewState::Selected> hits_;  ///< of all documents, by time
  std::size_t at_ = SIZE_MAX;              ///< the hit that was gone to; none yet
  std::uint64_t count_ = 0;
  std::int64_t time_ = 0;
};

}  // namespace braid
