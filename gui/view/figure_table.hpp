// SPDX-License-Identifier: Apache-2.0
// A table of figures as panels show them: numbers with bars behind them, sorted by value, each row perhaps a span.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/timeline/run_file.hpp"

namespace braid {

struct FigureColumn {
  QString title;
  QString tip;
  bool number = true;       ///< sorted and copied by value, set to the right
  QString unit = {};        ///< of the value, named in copies: "ns"
  bool difference = false;  ///< of a first and a second run: bars go from the middle, coloured by who has more
  bool operator==(const FigureColumn&) const = default;
};

struct FigureCell {
  QString text;
  double value = 0;
  double bar = 0;  ///< from 0 to 1; in a column of differences from -1 to 1
  std::optional<Category> colour{};
};

struct FigureRow {
  std::vector<FigureCell> cells;  ///< one a column
  std::uint32_t span = kNoIndex;  ///< that the row stands for; where runs are compared one of the first
  bool on_top = false;            ///< stays above the others, however they are sorted
  QString tip = {};
};

class FigureTable : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Role { BarRole = Qt::UserRole + 1, ColourRole, ValueRole, DifferenceRole };

  using QAbstractTableModel::QAbstractTableModel;

  /// Sorted as the rows before them were; in the order given if nobody has sorted them.
  void show(std::vector<FigureColumn> columns, std::vector<FigureRow> rows);
  const std::vector<FigureColumn>& columns() const { return columns_; }
  const FigureRow& figures(int row) const { return rows_[static_cast<std::size_t>(row)]; }
  /// The row of that span, or -1.
  int row_of(std::uint32_t span) const;
  /// Rows (all if empty) as text with tabs, titles first; numbers with all their digits.
  QString tsv(const std::vector<int>& rows) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order) override;

 private:
  /// Positions of rows_ in the order wanted.
  std::vector<std::size_t> sorted() const;

  std::vector<FigureColumn> columns_;
  std::vector<FigureRow> rows_;
  int sort_column_ = -1;
  Qt::SortOrder sort_order_ = Qt::AscendingOrder;
};

}  // namespace braid
