// SPDX-License-Identifier: Apache-2.0
#include "gui/view/selection_panel.hpp"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QtTest>

#include "tests/gui/small_run.hpp"

namespace braid {
namespace {

/// Stage 0: F attn [0,40)  idle tp [40,60)  I mlp [60,100), all-reduce [30,60). Stage 1: F attn [50,100).
std::shared_ptr<const Trace> two_stages() {
  const OpKey f{.microbatch = 0, .kind = OpKind::forward, .unit = Unit::attn};
  const OpKey i{.microbatch = 0, .kind = OpKind::input_grad, .unit = Unit::mlp};
  const OpKey reduce{.microbatch = 0, .kind = OpKind::all_reduce, .unit = Unit::attn};
  SmallRun run;
  run.rank({.rank = 0, .pp = 0, .tp = 0, .dp = 0});
  run.row(RowKind::lane, Lane::compute,
          {{0, 40, Category::forward, f}, {40, 60, Category::idle_tp}, {60, 100, Category::input_grad, i}});
  run.row(RowKind::lane, Lane::tp, {{30, 60, Category::tp, reduce}});
  run.rank({.rank = 1, .pp = 1, .tp = 0, .dp = 0});
  run.row(RowKind::lane, Lane::compute, {{50, 100, Category::forward, f}});
  return std::make_shared<Trace>(run.columns(), "two");
}

struct Fixture {
  Fixture() {
    panel.resize(700, 400);
    state.show({two_stages()});
    panel.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&panel));
  }
  bool done() {
    return QTest::qWaitFor([&] { return !panel.work()->busy(); }, 5000);
  }
  /// Of the row of ranks with this name, in the column with this title.
  double value(const QString& name, const QString& title) const {
    const auto& columns = panel.ranks()->columns();
    for (int row = 0; row < panel.ranks()->rowCount(); ++row) {
      const FigureRow& figures = panel.ranks()->figures(row);
      if (figures.cells[0].text != name) continue;
      for (std::size_t c = 0; c < columns.size(); ++c) {
        if (columns[c].title == title) return figures.cells[c].value;
      }
    }
    return -1;
  }

  ViewState state;
  SelectionPanel panel{&state};
};

TEST(SelectionPanel, ShowsWhatIsInView) {
  Fixture f;
  const QAbstractItemModelTester ranks(const_cast<FigureTable*>(f.panel.ranks()),
                                       QAbstractItemModelTester::FailureReportingMode::Fatal);
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("compute")), 80);           // 40 + 40
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("comm. exposed")), 20);     // [40,60)
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("comm. overlapped")), 10);  // [30,40)
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("idle")), 20);
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QString::fromUtf8(to_text(Category::idle_tp))), 20);
  EXPECT_EQ(f.value(QStringLiteral("rank 1"), QStringLiteral("compute")), 50);
  EXPECT_EQ(f.value(QStringLiteral("all"), QStringLiteral("compute")), 130);
  EXPECT_DOUBLE_EQ(f.panel.ranks()->figures(0).cells[1].bar, 0.65);  // 130 of 2 x 100
  ASSERT_EQ(f.panel.units()->rowCount(), 3);
  EXPECT_EQ(f.panel.units()->figures(0).cells[0].text, QStringLiteral("F attn"));
  EXPECT_EQ(f.panel.units()->figures(0).cells[1].value, 2);
  EXPECT_EQ(f.panel.units()->figures(0).cells[4].value, 45);  // (40 + 50) / 2
  f.state.go_to({90, 100});
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("compute")), 10);
}

TEST(SelectionPanel, OfATraceWithoutCausesTheRestIsNotBusy) {
  // [0,100): kernels in [0,30) and [60,100), a collective in [20,50): of the rest [50,60) nothing is busy.
  SmallRun run;
  run.rank({.rank = 0});
  run.row(RowKind::lane, Lane::compute,
          {{0, 30, Category::compute, {}, "gemm"}, {60, 100, Category::compute, {}, "gemm"}});
  run.row(RowKind::lane, Lane::dp, {{20, 50, Category::dp, {}, "nccl"}});
  Fixture f;
  f.state.show({std::make_shared<Trace>(run.columns(), "foreign")});
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("compute")), 70);
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("comm. exposed")), 20);
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("not busy")), 10);
  EXPECT_TRUE(f.panel.heading().endsWith(QStringLiteral("this trace carries no causes of idleness")));
}

TEST(SelectionPanel, ShowsTheSelectedAreaAloneWhileThereIsOne) {
  Fixture f;
  const auto& rows = f.state.documents()[0].rows;
  const auto of_tp = std::ranges::find_if(
      rows, [](const LayoutRow& row) { return row.kind == LayoutRow::Kind::spans && row.members.front() == 1; });
  ASSERT_NE(of_tp, rows.end());
  const auto at = static_cast<std::size_t>(of_tp - rows.begin());
  f.state.select_area(0, Area{.range = {35, 55}, .first_row = at, .last_row = at});
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.panel.ranks()->rowCount(), 1);
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("comm. exposed")), 15);    // [40,55)
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("comm. overlapped")), 5);  // [35,40)
  f.state.go_to({0, 10});                                                               // the area stays
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("comm. exposed")), 15);
  f.state.select_area(0, std::nullopt);
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.panel.ranks()->rowCount(), 3);
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("compute")), 10);
}

TEST(SelectionPanel, FollowsARunThatIsMoved) {
  Fixture f;
  f.state.show({two_stages(), two_stages()});
  f.state.shift(1, 10);
  f.state.select(1, 0);
  f.state.go_to({50, 70});  // [40,60) of the run
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.value(QStringLiteral("rank 0"), QStringLiteral("idle")), 20);
  EXPECT_TRUE(f.panel.heading().contains(QStringLiteral("two (2)"))) << qPrintable(f.panel.heading());
}

TEST(SelectionPanel, TakesSharesOfTheTimeThatTheRunHas) {
  Fixture f;
  f.state.go_to({-10, 100});  // a margin is in view
  ASSERT_TRUE(f.done());
  const FigureRow& first = f.panel.ranks()->figures(1);
  EXPECT_DOUBLE_EQ(first.cells[1].bar, 0.8);  // 80 of 100, not of 110
  EXPECT_DOUBLE_EQ(first.cells[4].bar, 0.2);
}

TEST(SelectionPanel, CopiesNumbers) {
  Fixture f;
  ASSERT_TRUE(f.done());
  f.panel.rank_view()->setFocus();
  f.panel.rank_view()->selectRow(2);
  QTest::keyClick(f.panel.rank_view(), Qt::Key_C, Qt::ControlModifier);
  EXPECT_EQ(QApplication::clipboard()->text(),
            QStringLiteral("rank\tcompute (ns)\tcomm. exposed (ns)\tcomm. overlapped (ns)\tidle (ns)\tidle: tp (ns)\n"
                           "rank 1\t50\t0\t0\t0\t0\n"));
}

TEST(SelectionPanel, AsksForNothingWhileHidden) {
  ViewState state;
  SelectionPanel panel(&state);
  state.show({two_stages()});
  EXPECT_FALSE(panel.work()->busy());
  EXPECT_EQ(panel.ranks()->rowCount(), 0);
  state.show({});
  EXPECT_FALSE(panel.heading().isEmpty());
}

TEST(RowsIn, TakesMembersOfFoldedHeadingsOnly) {
  std::vector<LayoutRow> rows(3);
  rows[0] = {.kind = LayoutRow::Kind::heading, .members = {7, 8}, .folded = true};
  rows[1] = {.kind = LayoutRow::Kind::heading, .members = {9}};
  rows[2] = {.kind = LayoutRow::Kind::spans, .members = {9}};
  EXPECT_EQ(rows_in(rows, {.first_row = 0, .last_row = 2}), (std::vector<std::uint32_t>{7, 8, 9}));
  EXPECT_EQ(rows_in(rows, {.first_row = 1, .last_row = 9}), (std::vector<std::uint32_t>{9}));
}

}  // namespace
}  // namespace braid
