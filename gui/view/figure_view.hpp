// SPDX-License-Identifier: Apache-2.0
// Shows a FigureTable: bars in the cells, sorted by a click on a title, Ctrl+C copies.
#pragma once

#include <QTableView>

#include "gui/view/figure_table.hpp"
#include "gui/view/view_state.hpp"

namespace braid {

class FigureView : public QTableView {
  Q_OBJECT
 public:
  FigureView(ViewState* state, FigureTable* table, QWidget* parent = nullptr);

  /// Makes the row current and visible (-1: none) without picked().
  void show_row(int row);
  /// The selected rows, all if none is, to the clipboard: FigureTable::tsv().
  void copy() const;
  /// As wide as what is in them; to be called when the columns have changed.
  void fit_columns();

 signals:
  void picked(int row);  ///< by a user

 private:
  FigureTable* table_;
  bool quiet_ = false;
};

}  // namespace braid
