// SPDX-License-Identifier: Apache-2.0
#include "gui/view/sweep_table.hpp"

#include "gui/model/scatter.hpp"

namespace braid {
namespace {

enum Column { run, tp, pp, dp, microbatches, gpu, gpus, step_time, tokens, memory, fits, cost, remark, columns };

/// The axis that a column has the values of.
std::optional<SweepAxis> axis_of(int column) {
  switch (column) {
    case gpus:
      return SweepAxis::gpus;
    case step_time:
      return SweepAxis::step_time;
    case tokens:
      return SweepAxis::tokens_per_s;
    case memory:
      return SweepAxis::peak_memory;
    case cost:
      return SweepAxis::cost;
    default:
      return std::nullopt;
  }
}

QVariant plan_of(const Configuration& c, int column) {
  switch (column) {
    case run:
      return QString::fromStdString(c.run);
    case tp:
      return c.tp;
    case pp:
      return c.pp;
    case dp:
      return c.dp;
    case microbatches:
      return c.microbatches;
    case gpu:
      return QString::fromStdString(c.gpu);
    case fits:
      return !c.ok() ? QString() : c.fits ? SweepTable::tr("yes") : SweepTable::tr("no");
    case remark:
      if (c.ok()) return QString();
      return (c.status == ConfigurationStatus::pruned ? SweepTable::tr("not played: %1") : SweepTable::tr("failed: %1"))
          .arg(QString::fromStdString(c.reason));
    default:
      return {};
  }
}

}  // namespace

void SweepTable::show(const std::vector<Configuration>* configurations, const QString& currency) {
  beginResetModel();
  configurations_ = configurations;
  currency_ = currency;
  endResetModel();
}

int SweepTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || configurations_ == nullptr ? 0 : static_cast<int>(configurations_->size());
}
int SweepTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : columns; }

QVariant SweepTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Configuration& c = (*configurations_)[static_cast<std::size_t>(index.row())];
  const std::optional<SweepAxis> axis = axis_of(index.column());
  if (role == Qt::TextAlignmentRole) {
    const bool text = index.column() == run || index.column() == gpu || index.column() == remark;
    return int((text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  }
  if (role == Qt::ToolTipRole && index.column() == remark) return plan_of(c, remark);
  if (role != Qt::DisplayRole && role != Qt::UserRole) return {};
  if (!axis) return plan_of(c, index.column());
  const std::optional<double> value = value_of(c, *axis);
  if (role == Qt::UserRole) return value ? QVariant(*value) : QVariant();
  return value ? QString::fromStdString(value_text(*value, *axis, currency_.toStdString())) : QStringLiteral("\u2013");
}

QVariant SweepTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  if (const std::optional<SweepAxis> axis = axis_of(section)) return QString::fromLatin1(to_text(*axis));
  switch (section) {
    case run:
      return tr("schedule");
    case tp:
      return tr("TP");
    case pp:
      return tr("PP");
    case dp:
      return tr("DP");
    case microbatches:
      return tr("microbatches");
    case gpu:
      return tr("GPU");
    case fits:
      return tr("fits");
    case remark:
      return tr("remark");
    default:
      return {};
  }
}

SweepSorting::SweepSorting(QObject* parent) : QSortFilterProxyModel(parent) { setSortRole(Qt::UserRole); }

bool SweepSorting::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const bool has_left = left.data(Qt::UserRole).isValid(), has_right = right.data(Qt::UserRole).isValid();
  if (has_left == has_right) return QSortFilterProxyModel::lessThan(left, right);
  // Descending, the base class asks the other way round.
  return sortOrder() == Qt::AscendingOrder ? has_left : has_right;
}

}  // namespace braid
