// SPDX-License-Identifier: Apache-2.0
// Everything that is known of the selected span; what it names can be gone to.
#pragma once

#include <QTableWidget>
#include <QWidget>
#include <vector>

#include "gui/model/details.hpp"
#include "gui/view/view_state.hpp"

namespace braid {

class DetailsPanel : public QWidget {
  Q_OBJECT
 public:
  explicit DetailsPanel(ViewState* state, QWidget* parent = nullptr);

  /// A line a row: name, value; a heading spans both. Links are followed by a click, Enter or Space.
  QTableWidget* table() const { return table_; }
  /// All lines as text, "name<tab>value" each.
  QString text() const;

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void fill();
  void show_line(int row, const DetailLine& line);
  void follow(int row);

  ViewState* state_;
  QTableWidget* table_;
  std::size_t document_ = 0;
  std::vector<DetailLine> lines_;
};

}  // namespace braid
