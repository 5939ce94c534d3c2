// SPDX-License-Identifier: Apache-2.0
#include "gui/view/residual_panel.hpp"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QPushButton>
#include <QTabWidget>
#include <QtTest>

#include "tests/gui/small_run.hpp"

namespace braid {
namespace {

OpKey op(OpKind kind, int microbatch) {
  return {.microbatch = static_cast<std::int16_t>(microbatch), .kind = kind, .unit = Unit::attn};
}

/// From `start`: F attn of microbatch 0 and 1, as long as said, `gap` between them, and I attn of 0.
std::shared_ptr<const Trace> run_of(const char* name, std::int64_t start, std::int64_t f0, std::int64_t f1,
                                    std::int64_t gap, std::int64_t i0) {
  const std::int64_t a = start + f0, b = a + gap, c = b + f1;
  SmallRun run;
  run.rank({.rank = 0, .pp = 0, .tp = 0, .dp = 0});
  run.row(RowKind::lane, Lane::compute,
          {{start, a, Category::forward, op(OpKind::forward, 0)},
           {a, b, Category::idle_tp},
           {b, c, Category::forward, op(OpKind::forward, 1)},
           {c, c + i0, Category::input_grad, op(OpKind::input_grad, 0)}});
  return std::make_shared<Trace>(run.columns(), name);
}

struct Fixture {
  explicit Fixture(std::vector<std::shared_ptr<const Trace>> traces) {
    state.show(std::move(traces));
    panel.resize(800, 300);
    panel.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&panel));
    EXPECT_TRUE(done());
  }
  bool done() {
    return QTest::qWaitFor([&] { return !panel.work()->busy(); }, 5000);
  }
  double summary(const QString& name, std::size_t column) const {
    for (int row = 0; row < panel.summary()->rowCount(); ++row) {
      if (panel.summary()->figures(row).cells[0].text == name) return panel.summary()->figures(row).cells[column].value;
    }
    return -1e9;
  }

  ViewState state;
  ResidualPanel panel{&state};
};

std::vector<std::shared_ptr<const Trace>> two() {
  return {run_of("predicted", 0, 1000, 2000, 500, 3000), run_of("measured", 0, 1100, 1500, 900, 3000)};
}

TEST(ResidualPanel, SaysWhereTheRunsDiffer) {
  Fixture f(two());
  const QAbstractItemModelTester classes(const_cast<FigureTable*>(f.panel.classes()),
                                         QAbstractItemModelTester::FailureReportingMode::Fatal);
  const QString step = QStringLiteral("step"), busy = QStringLiteral("busy");
  EXPECT_EQ(f.summary(step, 1), 6500);  // 1000 + 500 + 2000 + 3000
  EXPECT_EQ(f.summary(step, 2), 6500);  // 1100 + 900 + 1500 + 3000
  EXPECT_EQ(f.summary(busy, 3), 400);   // 6000 - 5600
  EXPECT_EQ(f.summary(QString::fromUtf8(to_text(Category::idle_tp)), 3), -400);
  EXPECT_NEAR(f.summary(busy, 4), 100.0 * 400 / 6500, 1e-9);
  ASSERT_EQ(f.panel.classes()->rowCount(), 2);
  const FigureRow& attn = f.panel.classes()->figures(0);
  EXPECT_EQ(attn.cells[0].text, QStringLiteral("F attn"));
  EXPECT_EQ(attn.cells[3].value, 400);  // 3000 - 2600
  EXPECT_EQ(attn.cells[5].value, 600);  // 100 + 500
  EXPECT_EQ(attn.cells[3].bar, 1);
  ASSERT_EQ(f.panel.ops()->rowCount(), 2);  // I takes the same in both
  EXPECT_EQ(f.panel.ops()->figures(0).cells[3].value, 500);
  EXPECT_EQ(f.panel.ops()->figures(1).cells[3].value, -100);
  EXPECT_TRUE(f.panel.message().contains(QStringLiteral("3 ops in both"))) << qPrintable(f.panel.message());
}

TEST(ResidualPanel, RoundingDrawsNoBar) {
  // 3 ns of a step of 6.5 ms are less than a millionth of it; 7 ns are more.
  const auto bar = [](std::int64_t off) {
    Fixture f({run_of("a", 0, 1'000'000 + off, 2'000'000, 500'000, 3'000'000),
               run_of("b", 0, 1'000'000, 2'000'000, 500'000, 3'000'000)});
    EXPECT_EQ(f.summary(QStringLiteral("busy"), 3), static_cast<double>(off));
    return f.panel.classes()->figures(0).cells[3].bar;
  };
  EXPECT_EQ(bar(3), 0);
  EXPECT_EQ(bar(7), 1);
}

TEST(ResidualPanel, SelectsAnOpInBothRuns) {
  Fixture f(two());
  f.panel.tabs()->setCurrentIndex(2);
  QTest::mouseClick(f.panel.op_view()->viewport(), Qt::LeftButton, {},
                    f.panel.op_view()->visualRect(f.panel.ops()->index(1, 0)).center());
  EXPECT_EQ(f.state.selected(), (ViewState::Selected{.document = 0, .span = 0}));
  EXPECT_EQ(f.state.selected_in(1), 0u);
  // The other way: what is selected in the second run is found in the first, and its row here.
  f.state.select(1, 2);
  EXPECT_EQ(f.state.selected_in(0), 2u);
  EXPECT_EQ(f.state.selected_in(1), 2u);
  EXPECT_EQ(f.panel.op_view()->currentIndex().row(), 0);
  f.state.select(0, 1);  // an idle piece is in no other run
  EXPECT_EQ(f.state.selected_in(1), kNoIndex);
}

TEST(ResidualPanel, AlignsStartsByDefault) {
  Fixture f({run_of("a", 0, 1000, 2000, 500, 3000), run_of("b", 7000, 1000, 2000, 500, 3000)});
  EXPECT_EQ(f.state.documents()[1].shift, -7000);
  EXPECT_EQ(f.panel.alignment(), QStringLiteral("Starts aligned"));
  EXPECT_DOUBLE_EQ(f.panel.shift()->value(), -7);  // us
  EXPECT_FALSE(f.panel.align_starts()->isEnabled());
  f.panel.shift()->setValue(-6.5);
  EXPECT_EQ(f.state.documents()[1].shift, -6500);
  EXPECT_TRUE(f.panel.alignment().contains(QStringLiteral("-6.500"))) << qPrintable(f.panel.alignment());
  QTest::mouseClick(f.panel.align_starts(), Qt::LeftButton);
  EXPECT_EQ(f.state.documents()[1].shift, -7000);
}

TEST(ResidualPanel, AlignsAtTheSelectedOp) {
  Fixture f(two());
  EXPECT_FALSE(f.panel.align_selection()->isEnabled());
  f.state.select(0, 3);  // I: from 3500 in the first, from 3500 in the second
  EXPECT_TRUE(f.panel.align_selection()->isEnabled());
  f.state.select(1, 2);  // F of microbatch 1: 1500 and 2000
  QTest::mouseClick(f.panel.align_selection(), Qt::LeftButton);
  EXPECT_EQ(f.state.documents()[1].shift, -500);
  EXPECT_EQ(f.state.selected().span, 2u);
}

TEST(ResidualPanel, HoldsEachOfThreeRunsAgainstTheFirst) {
  std::vector<std::shared_ptr<const Trace>> traces = two();
  traces.push_back(run_of("third", 0, 1000, 2000, 0, 9000));
  Fixture f(traces);
  ASSERT_EQ(f.panel.second()->count(), 2);
  f.panel.second()->setCurrentIndex(1);
  EXPECT_EQ(f.summary(QStringLiteral("step"), 2), 12000);
  f.state.select(1, 3);
  EXPECT_EQ(f.state.selected_in(0), 3u);
  EXPECT_EQ(f.state.selected_in(2), 3u);  // by way of the first
}

TEST(ResidualPanel, SaysWhatToDoWithOneRunAndWithNone) {
  Fixture f({two()[0]});
  EXPECT_TRUE(f.panel.message().contains(QStringLiteral("second run")));
  EXPECT_FALSE(f.panel.shift()->isEnabled());
  f.state.show({});
  f.state.show(two());
  ASSERT_TRUE(f.done());
  EXPECT_EQ(f.panel.ops()->rowCount(), 2);
  f.state.show({});
  EXPECT_EQ(f.panel.ops()->rowCount(), 0);
}

}  // namespace
}  // namespace braid
