// SPDX-License-Identifier: Apache-2.0
#include "gui/view/changes_model.hpp"

#include <QFont>

namespace braid {

void ChangesModel::show(std::vector<NumberChange> changes) {
  beginResetModel();
  changes_ = std::move(changes);
  endResetModel();
}

int ChangesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(changes_.size());
}
int ChangesModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : 4; }

QVariant ChangesModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const NumberChange& change = changes_[static_cast<std::size_t>(index.row())];
  if (role == Qt::TextAlignmentRole)
    return index.column() == 0 ? QVariant() : QVariant(int(Qt::AlignRight | Qt::AlignVCenter));
  if (role == Qt::ToolTipRole && index.column() == 3 && change.better != 0)
    return change.better > 0 ? tr("for the better") : tr("for the worse");
  if (role == Qt::FontRole && index.column() == 3 && change.better != 0) {
    QFont font;
    font.setBold(true);
    return font;
  }
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case 0:
      return QString::fromStdString(change.name);
    case 1:
      return change.before.empty() ? QStringLiteral("\u2013") : QString::fromStdString(change.before);
    case 2:
      return change.after.empty() ? QStringLiteral("\u2013") : QString::fromStdString(change.after);
    default:
      break;
  }
  const QString mark = change.better > 0   ? QStringLiteral("\u2713 ")
                       : change.better < 0 ? QStringLiteral("\u2717 ")
                                           : QString();
  return mark + QString::fromStdString(change.change);
}

QVariant ChangesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return int((section == 0 ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case 0:
      return tr("number");
    case 1:
      return tr("before");
    case 2:
      return tr("after");
    default:
      return tr("change");
  }
}

}  // namespace braid
