// SPDX-License-Identifier: Apache-2.0
#include "gui/view/figure_view.hpp"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QPainter>
#include <QScopedValueRollback>
#include <QStyledItemDelegate>
#include <algorithm>
#include <cmath>

#include "gui/paint/compare_painter.hpp"

namespace braid {
namespace {

constexpr int kPadding = 6;

/// A bar behind the text, as long as the cell's share; differences go to the left and right of the middle.
class BarDelegate : public QStyledItemDelegate {
 public:
  BarDelegate(ViewState* state, QObject* parent) : QStyledItemDelegate(parent), state_(state) {}

  void paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const override {
    QStyleOptionViewItem option = given;
    initStyleOption(&option, index);
    const QWidget* widget = option.widget;
    const QStyle* style = widget != nullptr ? widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, widget);
    paint_bar(painter, option.rect, index);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text));
    painter->setFont(option.font);
    const QRect room = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    painter->drawText(room, static_cast<int>(option.displayAlignment),
                      option.fontMetrics.elidedText(option.text, Qt::ElideRight, room.width()));
  }

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    return QStyledItemDelegate::sizeHint(option, index) + QSize(2 * kPadding, 0);
  }

 private:
  void paint_bar(QPainter* painter, QRect cell, const QModelIndex& index) const {
    const double bar = std::clamp(index.data(FigureTable::BarRole).toDouble(), -1.0, 1.0);
    const bool difference = index.data(FigureTable::DifferenceRole).toBool();
    const QVariant category = index.data(FigureTable::ColourRole);
    if (bar == 0 || (!difference && !category.isValid())) return;
    const Theme& theme = state_->theme();
    QColor colour = difference ? busier_colour(theme, bar > 0) : theme.category[category.value<std::size_t>()];
    colour.setAlpha(theme.light == Light::day ? 110 : 150);
    const QRectF room = QRectF(cell).adjusted(1, 2, -1, -2);
    const double longest = difference ? room.width() / 2 : room.width();
    const double length = std::max(1.0, longest * std::abs(bar));
    const double left = difference ? room.center().x() - (bar < 0 ? length : 0) : room.left();
    painter->fillRect(QRectF(left, room.top(), length, room.height()), colour);
  }

  ViewState* state_;
};

}  // namespace

FigureView::FigureView(ViewState* state, FigureTable* table, QWidget* parent) : QTableView(parent), table_(table) {
  setModel(table);
  setItemDelegate(new BarDelegate(state, this));
  setSelectionBehavior(SelectRows);
  setSelectionMode(ExtendedSelection);
  setEditTriggers(NoEditTriggers);
  setAlternatingRowColors(true);
  setShowGrid(false);
  setWordWrap(false);
  setFrameShape(NoFrame);
  setHorizontalScrollMode(ScrollPerPixel);
  verticalHeader()->hide();
  verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + kPadding);
  horizontalHeader()->setHighlightSections(false);
  // No column at first: the order given is the one by cost.
  horizontalHeader()->setSortIndicator(-1, Qt::DescendingOrder);
  setSortingEnabled(true);

  auto* copying = new QAction(tr("Copy"), this);
  copying->setShortcut(QKeySequence::Copy);
  copying->setShortcutContext(Qt::WidgetShortcut);
  connect(copying, &QAction::triggered, this, &FigureView::copy);
  addAction(copying);
  setContextMenuPolicy(Qt::ActionsContextMenu);

  connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
    if (!quiet_ && current.isValid()) emit picked(current.row());
  });
  connect(this, &QTableView::doubleClicked, this, [this](const QModelIndex& index) { emit picked(index.row()); });
  connect(state, &ViewState::look_changed, viewport(), qOverload<>(&QWidget::update));
}

void FigureView::show_row(int row) {
  const QScopedValueRollback guard(quiet_, true);
  if (row < 0) {
    clearSelection();
    setCurrentIndex({});
  } else if (row != currentIndex().row() || !selectionModel()->isRowSelected(row)) {
    selectRow(row);
    scrollTo(table_->index(row, 0));
  }
}

void FigureView::copy() const {
  std::vector<int> rows;
  for (const QModelIndex& index : selectionModel()->selectedRows()) rows.push_back(index.row());
  std::ranges::sort(rows);
  QApplication::clipboard()->setText(table_->tsv(rows));
}

void FigureView::fit_columns() {
  // Numbers stay beside one another; words may have what is left.
  horizontalHeader()->setStretchLastSection(!table_->columns().empty() && !table_->columns().back().number);
  resizeColumnsToContents();
}

}  // namespace braid
