// SPDX-License-Identifier: Apache-2.0
// The numbers of two runs as a table: name, before, after, change.
#pragma once

#include <QAbstractTableModel>
#include <QColor>
#include <vector>

#include "gui/model/what_if.hpp"

namespace braid {

class ChangesModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  void show(std::vector<NumberChange> changes);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  /// What is better has a tick before its change, what is worse a cross: colour alone tells not everybody.
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  std::vector<NumberChange> changes_;
};

}  // namespace braid
