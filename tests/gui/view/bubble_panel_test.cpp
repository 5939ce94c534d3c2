// SPDX-License-Identifier: Apache-2.0
#include "gui/view/bubble_panel.hpp"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QComboBox>
#include <QtTest>

#include "tests/gui/made_run.hpp"
#include "tests/gui/small_run.hpp"

namespace braid {
namespace {

/// Rank 0: warm-up [0,10)  F0 [10,20)  idle tp [20,50)  I0 [50,60); the collective F0 [20,50) is to blame.
/// Rank 1: idle pp_wait [0,20)  F0 [20,60). Spans 0 to 3, 4, 5 and 6.
std::shared_ptr<const Trace> three_bubbles() {
  const OpKey f{.microbatch = 0, .kind = OpKind::forward, .unit = Unit::attn};
  const OpKey i{.microbatch = 0, .kind = OpKind::input_grad, .unit = Unit::attn};
  const OpKey reduce{.microbatch = 0, .kind = OpKind::all_reduce, .unit = Unit::attn};
  SmallRun run;
  run.rank({.rank = 0, .pp = 0, .tp = 0, .dp = 0});
  run.row(RowKind::lane, Lane::compute,
          {{.start = 0, .end = 10, .category = Category::idle_warm_up, .deps = {1, 1}},
           {10, 20, Category::forward, f},
           {.start = 20, .end = 50, .category = Category::idle_tp, .deps = {3, 4}},
           {50, 60, Category::input_grad, i}});
  run.row(RowKind::lane, Lane::tp, {{20, 50, Category::tp, reduce}});
  run.rank({.rank = 1, .pp = 1, .tp = 0, .dp = 0});
  run.row(
      RowKind::lane, Lane::compute,
      {{.start = 0, .end = 20, .category = Category::idle_pp_wait, .deps = {6, 1}}, {20, 60, Category::forward, f}});
  return std::make_shared<Trace>(run.columns(), "bubbles");
}

struct Fixture {
  explicit Fixture(std::vector<std::shared_ptr<const Trace>> traces = {three_bubbles()}) {
    panel.resize(700, 300);
    state.show(std::move(traces));
    panel.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&panel));
    EXPECT_TRUE(done());
  }
  bool done() {
    return QTest::qWaitFor([&] { return !panel.work()->busy(); }, 5000);
  }
  std::vector<std::uint32_t> spans() const {
    std::vector<std::uint32_t> all;
    for (int i = 0; i < panel.table()->rowCount(); ++i) all.push_back(panel.table()->figures(i).span);
    return all;
  }
  void click(int row) {
    QTest::mouseClick(panel.view()->viewport(), Qt::LeftButton, {},
                      panel.view()->visualRect(panel.table()->index(row, 0)).center());
  }

  ViewState state;
  BubblePanel panel{&state};
};

using Spans = std::vector<std::uint32_t>;

TEST(BubblePanel, ListsTheCostliestFirst) {
  Fixture f;
  const QAbstractItemModelTester tester(const_cast<FigureTable*>(f.panel.table()),
                                        QAbstractItemModelTester::FailureReportingMode::Fatal);
  EXPECT_EQ(f.spans(), (Spans{2, 5, 0}));  // 30, 20, 10 ns
  const FigureRow& first = f.panel.table()->figures(0);
  EXPECT_EQ(first.cells[1].text, QString::fromUtf8(to_text(Category::idle_tp)));
  EXPECT_EQ(first.cells[2].text, QStringLiteral("rank 0"));
  EXPECT_EQ(first.cells[4].text, QStringLiteral("I attn mb0"));
  EXPECT_EQ(first.cells[5].text, QString::fromStdString(label_of(f.state.documents()[0].trace->run(), 4)));
  // What is blamed on another rank is named with it.
  EXPECT_EQ(f.panel.table()->figures(1).cells[5].text, QStringLiteral("F attn mb0, rank 0"));
  EXPECT_DOUBLE_EQ(f.panel.table()->figures(1).cells[0].bar, 20.0 / 30);
  EXPECT_TRUE(f.panel.total().contains(QStringLiteral("3 pieces"))) << qPrintable(f.panel.total());
}

TEST(BubblePanel, SaysWhereATraceHasNoCauses) {
  SmallRun run;
  run.rank({.rank = 0})
      .row(RowKind::lane, Lane::compute,
           {{10, 20, Category::compute, {}, "gemm"}, {30, 40, Category::compute, {}, "gemm"}});
  Fixture f({std::make_shared<Trace>(run.columns(), "foreign")});
  EXPECT_EQ(f.panel.total(), QStringLiteral("This trace carries no causes of idleness."));
}

TEST(BubblePanel, SelectsInTheTimelineWhatIsPicked) {
  Fixture f;
  f.state.go_to({50, 60});
  f.click(1);
  EXPECT_EQ(f.state.selected(), (ViewState::Selected{.document = 0, .span = 5}));
  EXPECT_LE(f.state.range().begin, 0);  // and brings it into view
  EXPECT_GE(f.state.range().end, 20);
  QTest::keyClick(f.panel.view(), Qt::Key_Up);
  EXPECT_EQ(f.state.selected().span, 2u);
}

TEST(BubblePanel, SelectsItsRowWhenABubbleIsSelectedInTheTimeline) {
  Fixture f;
  const TimeRange before = f.state.range();
  f.state.select(0, 0);
  EXPECT_EQ(f.panel.view()->currentIndex().row(), 2);
  EXPECT_TRUE(f.panel.view()->selectionModel()->isRowSelected(2));
  EXPECT_EQ(f.state.range(), before);  // told, not picked: nothing moves
  f.state.select(0, 1);                // work, no bubble
  EXPECT_FALSE(f.panel.view()->currentIndex().isValid());
}

TEST(BubblePanel, IsFilteredByCauseRankAndView) {
  Fixture f;
  f.panel.causes()->setCurrentIndex(f.panel.causes()->findText(QString::fromUtf8(to_text(Category::idle_tp))));
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.spans(), Spans{2});
  f.panel.causes()->setCurrentIndex(0);
  f.panel.ranks()->setCurrentIndex(2);
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.spans(), Spans{5});
  f.panel.ranks()->setCurrentIndex(0);
  f.state.go_to({12, 22});
  f.panel.in_view()->setChecked(true);
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.spans(), (Spans{2, 5}));  // [20,50) and [0,20) reach into it
  f.state.go_to({40, 50});
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.spans(), Spans{2});
}

TEST(BubblePanel, KeepsTheSelectionWhenItsRowsAreFoundAnew) {
  Fixture f;
  f.panel.in_view()->setChecked(true);
  ASSERT_TRUE(f.done());
  f.click(0);
  ASSERT_TRUE(f.done());
  f.state.go_to({20, 55});
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.state.selected().span, 2u);
  EXPECT_EQ(f.panel.view()->currentIndex().row(), f.panel.table()->row_of(2));
}

TEST(BubblePanel, ShowsTheRunThatIsChosen) {
  Fixture f({three_bubbles(), std::make_shared<Trace>(made_run({.pp = 2, .microbatches = 2}), "made.braid")});
  ASSERT_EQ(f.panel.runs()->count(), 2);
  f.panel.runs()->setCurrentIndex(1);
  ASSERT_TRUE(f.done());
  EXPECT_GT(f.panel.table()->rowCount(), 0);
  f.click(0);
  EXPECT_EQ(f.state.selected().document, 1u);
  f.state.show({});
  EXPECT_EQ(f.panel.table()->rowCount(), 0);
  EXPECT_EQ(f.panel.runs()->count(), 0);
}

TEST(BubblePanel, SortsByAColumn) {
  Fixture f;
  f.panel.view()->sortByColumn(3, Qt::AscendingOrder);
  EXPECT_EQ(f.panel.table()->figures(2).span, 2u);  // from 0, 0, 20
  f.click(2);
  EXPECT_EQ(f.state.selected().span, 2u);
}

}  // namespace
}  // namespace braid
