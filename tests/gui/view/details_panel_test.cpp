// SPDX-License-Identifier: Apache-2.0
#include "gui/view/details_panel.hpp"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QTest>

#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

class DetailsPanelTest : public testing::Test {
 protected:
  DetailsPanelTest() : trace(std::make_shared<const Trace>(made_run({.pp = 1, .microbatches = 2}), "made")) {
    panel.resize(300, 600);
    panel.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&panel));
  }
  /// The first row whose name is this, or -1.
  int row(const char* name) const {
    for (int r = 0; r < panel.table()->rowCount(); ++r) {
      if (panel.table()->item(r, 0)->text() == QLatin1String(name)) return r;
    }
    return -1;
  }
  void click(int r) {
    const QRect box = panel.table()->visualItemRect(panel.table()->item(r, 0));
    QTest::mouseClick(panel.table()->viewport(), Qt::LeftButton, {}, box.center());
  }
  /// A collective: it waits for one unit, which is a link.
  std::uint32_t collective() const {
    const RunRow& tp = trace->run().rows[2];
    EXPECT_EQ(tp.lane, Lane::tp);
    return static_cast<std::uint32_t>(tp.begin);
  }

  std::shared_ptr<const Trace> trace;
  ViewState state;
  DetailsPanel panel{&state};
};

TEST_F(DetailsPanelTest, FollowsTheSelection) {
  const QAbstractItemModelTester tester(panel.table()->model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
  EXPECT_EQ(panel.table()->rowCount(), 1);  // says that nothing is selected
  state.show({trace});
  state.select(0, collective());
  EXPECT_EQ(panel.table()->item(0, 0)->text().toStdString(), label_of(trace->run(), collective()));
  ASSERT_GE(row("lane"), 0);
  EXPECT_EQ(panel.table()->item(row("lane"), 1)->text(), QStringLiteral("tp"));
  state.select(0, kNoIndex);
  EXPECT_EQ(panel.table()->rowCount(), 1);
}

TEST_F(DetailsPanelTest, GoesToWhatIsClicked) {
  state.show({trace});
  state.select(0, collective());
  const std::uint32_t unit = trace->run().deps_of(collective())[0];
  const int at = row(full_label_of(trace->run(), unit).c_str());
  ASSERT_GE(at, 0);
  click(at);
  EXPECT_EQ(state.selected().span, unit);
}

TEST_F(DetailsPanelTest, GoesByKeysAndBringsIntoView) {
  state.show({trace});
  state.select(0, collective());
  const std::uint32_t unit = trace->run().deps_of(collective())[0];
  state.go_to({trace->run().end[unit], trace->extent().end});  // begins where the unit ends
  panel.table()->setCurrentCell(row(full_label_of(trace->run(), unit).c_str()), 0);
  QTest::keyClick(panel.table(), Qt::Key_Return);
  EXPECT_EQ(state.selected().span, unit);
  EXPECT_LE(state.range().begin, trace->run().start[unit]);
}

TEST_F(DetailsPanelTest, IgnoresClicksOnPlainLines) {
  state.show({trace});
  state.select(0, collective());
  click(row("lane"));
  EXPECT_EQ(state.selected().span, collective());
}

TEST_F(DetailsPanelTest, CopiesItsText) {
  state.show({trace});
  state.select(0, collective());
  QTest::keyClick(panel.table(), Qt::Key_C, Qt::ControlModifier);
  EXPECT_TRUE(QGuiApplication::clipboard()->text().contains(QStringLiteral("lane\ttp\n")));
}

}  // namespace
}  // namespace braid
