// SPDX-License-Identifier: Apache-2.0
#include "gui/view/figure_table.hpp"

#include <algorithm>
#include <numeric>

namespace braid {

void FigureTable::show(std::vector<FigureColumn> columns, std::vector<FigureRow> rows) {
  beginResetModel();
  columns_ = std::move(columns);
  rows_ = std::move(rows);
  const std::vector<std::size_t> order = sorted();
  std::vector<FigureRow> in_order;
  in_order.reserve(rows_.size());
  for (const std::size_t i : order) in_order.push_back(std::move(rows_[i]));
  rows_ = std::move(in_order);
  endResetModel();
}

int FigureTable::row_of(std::uint32_t span) const {
  const auto found = std::ranges::find(rows_, span, &FigureRow::span);
  return span == kNoIndex || found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

QString FigureTable::tsv(const std::vector<int>& rows) const {
  QString text;
  const auto add = [&](std::size_t column, const QString& cell) {
    text += cell;
    text += column + 1 < columns_.size() ? u'\t' : u'\n';
  };
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const FigureColumn& column = columns_[c];
    add(c, column.unit.isEmpty() ? column.title : QStringLiteral("%1 (%2)").arg(column.title, column.unit));
  }
  const auto add_row = [&](int row) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const FigureCell& cell = figures(row).cells[c];
      add(c, columns_[c].number ? QString::number(cell.value, 'g', 15) : cell.text);
    }
  };
  if (rows.empty()) {
    for (int row = 0; row < rowCount(); ++row) add_row(row);
  } else {
    for (const int row : rows) add_row(row);
  }
  return text;
}

int FigureTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int FigureTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QVariant FigureTable::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const FigureRow& row = figures(index.row());
  const FigureColumn& column = columns_[static_cast<std::size_t>(index.column())];
  const FigureCell& cell = row.cells[static_cast<std::size_t>(index.column())];
  switch (role) {
    case Qt::DisplayRole:
      return cell.text;
    case Qt::TextAlignmentRole:
      return QVariant::fromValue(Qt::AlignVCenter | (column.number ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::ToolTipRole:
      return row.tip.isEmpty() ? QVariant() : row.tip;
    case BarRole:
      return cell.bar;
    case ColourRole:
      return cell.colour ? QVariant::fromValue(static_cast<std::size_t>(*cell.colour)) : QVariant();
    case DifferenceRole:
      return column.difference;
    case ValueRole:
      return cell.value;
    default:
      return {};
  }
}

QVariant FigureTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
  const FigureColumn& column = columns_[static_cast<std::size_t>(section)];
  if (role == Qt::DisplayRole) return column.title;
  if (role == Qt::ToolTipRole && !column.tip.isEmpty()) return column.tip;
  if (role == Qt::TextAlignmentRole) {
    return QVariant::fromValue(Qt::AlignVCenter | (column.number ? Qt::AlignRight : Qt::AlignLeft));
  }
  return {};
}

std::vector<std::size_t> FigureTable::sorted() const {
  std::vector<std::size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool by_column = sort_column_ >= 0 && sort_column_ < columnCount();
  const auto c = static_cast<std::size_t>(std::max(sort_column_, 0));
  std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) {
    const FigureRow &a = rows_[i], &b = rows_[j];
    if (a.on_top != b.on_top) return a.on_top;
    if (!by_column) return false;
    const FigureCell& x = sort_order_ == Qt::AscendingOrder ? a.cells[c] : b.cells[c];
    const FigureCell& y = sort_order_ == Qt::AscendingOrder ? b.cells[c] : a.cells[c];
    return columns_[c].number ? x.value < y.value : x.text < y.text;
  });
  return order;
}

void FigureTable::sort(int column, Qt::SortOrder order) {
  emit layoutAboutToBeChanged({}, VerticalSortHint);
  sort_column_ = column;
  sort_order_ = order;
  const std::vector<std::size_t> from = sorted();
  std::vector<int> to(from.size());
  std::vector<FigureRow> rows;
  rows.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[from[i]] = static_cast<int>(i);
    rows.push_back(std::move(rows_[from[i]]));
  }
  rows_ = std::move(rows);
  const QModelIndexList old = persistentIndexList();
  QModelIndexList moved;
  for (const QModelIndex& index : old) {
    moved.push_back(createIndex(to[static_cast<std::size_t>(index.row())], index.column()));
  }
  changePersistentIndexList(old, moved);
  emit layoutChanged({}, VerticalSortHint);
}

}  // namespace braid
