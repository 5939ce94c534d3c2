// SPDX-License-Identifier: Apache-2.0
// The configurations of a sweep as a table, failed ones with their reason. Sorts by Qt::UserRole.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <vector>

#include "sim/sweep/store/store.hpp"

namespace braid {

class SweepTable : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;

  /// Borrows the configurations until the next call.
  void show(const std::vector<Configuration>* configurations, const QString& currency);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  const std::vector<Configuration>* configurations_ = nullptr;
  QString currency_;
};

/// Whatever is sorted by, and in whichever direction: what has no value there is last.
class SweepSorting : public QSortFilterProxyModel {
  Q_OBJECT
 public:
  explicit SweepSorting(QObject* parent = nullptr);

 protected:
  bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
};

}  // namespace braid
