// SPDX-License-Identifier: Apache-2.0
#include "gui/view/figure_table.hpp"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QtTest>

#include "gui/view/figure_view.hpp"

namespace braid {
namespace {

FigureRow row(const QString& name, double value, std::uint32_t span, bool on_top = false) {
  return {.cells = {{.text = name}, {.text = QString::number(value, 'f', 0), .value = value}},
          .span = span,
          .on_top = on_top};
}

std::vector<FigureColumn> columns() {
  return {{.title = QStringLiteral("name"), .number = false},
          {.title = QStringLiteral("time"), .unit = QStringLiteral("ns")}};
}

std::vector<FigureRow> rows() {
  return {row(QStringLiteral("all"), 111, kNoIndex, true), row(QStringLiteral("b"), 9, 5),
          row(QStringLiteral("c"), 100, 6), row(QStringLiteral("a"), 2, 7)};
}

QString names(const FigureTable& table) {
  QString all;
  for (int i = 0; i < table.rowCount(); ++i) all += table.figures(i).cells[0].text + u' ';
  return all.trimmed();
}

TEST(FigureTable, IsAModel) {
  FigureTable table;
  const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::Fatal);
  table.show(columns(), rows());
  table.sort(1, Qt::AscendingOrder);
  table.show(columns(), {});
  table.show({}, {});
}

TEST(FigureTable, SortsNumbersByValueAndKeepsTheTopRowOnTop) {
  FigureTable table;
  table.show(columns(), rows());
  EXPECT_EQ(names(table), QStringLiteral("all b c a"));  // as given
  table.sort(1, Qt::AscendingOrder);
  EXPECT_EQ(names(table), QStringLiteral("all a b c"));  // 2, 9, 100: as text 100 would come first
  table.sort(1, Qt::DescendingOrder);
  EXPECT_EQ(names(table), QStringLiteral("all c b a"));
  table.sort(0, Qt::DescendingOrder);
  EXPECT_EQ(names(table), QStringLiteral("all c b a"));
  // New rows come in the order that was asked for.
  table.show(columns(), {row(QStringLiteral("x"), 1, 1), row(QStringLiteral("y"), 2, 2)});
  EXPECT_EQ(names(table), QStringLiteral("y x"));
  table.sort(-1, Qt::AscendingOrder);
  table.show(columns(), rows());
  EXPECT_EQ(names(table), QStringLiteral("all b c a"));
}

TEST(FigureTable, KeepsWhatPointsAtARowWhenItSorts) {
  FigureTable table;
  table.show(columns(), rows());
  const QPersistentModelIndex c(table.index(2, 0));
  table.sort(1, Qt::DescendingOrder);
  EXPECT_EQ(c.row(), 1);
  EXPECT_EQ(c.data().toString(), QStringLiteral("c"));
  EXPECT_EQ(table.row_of(6), 1);
  EXPECT_EQ(table.row_of(99), -1);
  EXPECT_EQ(table.row_of(kNoIndex), -1);
}

TEST(FigureTable, IsCopiedWithAllDigits) {
  FigureTable table;
  table.show(columns(), {row(QStringLiteral("a"), 1234567.25, 1), row(QStringLiteral("b"), 2, 2)});
  EXPECT_EQ(table.tsv({}), QStringLiteral("name\ttime (ns)\na\t1234567.25\nb\t2\n"));
  EXPECT_EQ(table.tsv({1}), QStringLiteral("name\ttime (ns)\nb\t2\n"));
}

TEST(FigureView, CopiesTheSelectedRowsByKey) {
  ViewState state;
  FigureTable table;
  FigureView view(&state, &table);
  table.show(columns(), rows());
  view.resize(300, 200);
  view.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
  view.setFocus();
  view.selectRow(3);
  QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
  EXPECT_EQ(QApplication::clipboard()->text(), QStringLiteral("name\ttime (ns)\na\t2\n"));
}

TEST(FigureView, TellsWhatAUserPickedAndNotWhatItWasTold) {
  ViewState state;
  FigureTable table;
  FigureView view(&state, &table);
  table.show(columns(), rows());
  view.resize(300, 200);
  const QSignalSpy picked(&view, &FigureView::picked);
  view.show_row(2);
  EXPECT_EQ(view.currentIndex().row(), 2);
  view.show_row(-1);
  EXPECT_FALSE(view.currentIndex().isValid());
  EXPECT_TRUE(picked.isEmpty());
  QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, view.visualRect(table.index(3, 0)).center());
  ASSERT_EQ(picked.size(), 1);
  EXPECT_EQ(picked[0][0].toInt(), 3);
  QTest::keyClick(&view, Qt::Key_Up);
  ASSERT_EQ(picked.size(), 2);
  EXPECT_EQ(picked[1][0].toInt(), 2);
}

TEST(FigureView, SortsWhenATitleIsClicked) {
  ViewState state;
  FigureTable table;
  FigureView view(&state, &table);
  table.show(columns(), rows());
  EXPECT_EQ(names(table), QStringLiteral("all b c a"));
  view.sortByColumn(1, Qt::AscendingOrder);
  EXPECT_EQ(names(table), QStringLiteral("all a b c"));
}

}  // namespace
}  // namespace braid
