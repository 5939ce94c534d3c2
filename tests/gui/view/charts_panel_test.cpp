// SPDX-License-Identifier: Apache-2.0
#include "gui/view/charts_panel.hpp"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>
#include <cmath>

#include "tests/gui/made_run.hpp"
#include "tests/gui/view/mouse.hpp"

namespace braid {
namespace {

struct Window {
  ViewState state;
  ChartsPanel panel{&state};

  explicit Window(std::vector<MadeRun> wanted = {{.pp = 3, .microbatches = 2}}) {
    std::vector<std::shared_ptr<const Trace>> traces;
    for (const MadeRun& run : wanted) traces.push_back(std::make_shared<const Trace>(made_run(run), "made.braid"));
    state.show(traces);
    panel.resize(kLabelColumn + 400, 300);
    panel.show();
    QCoreApplication::processEvents();
  }
  ChartsView& view() { return *panel.view(); }
  const RunView& run(std::size_t document = 0) { return state.documents()[document].trace->run(); }
  std::uint32_t span_of_rank(std::int32_t rank, std::size_t document = 0) {
    for (const RunRow& row : run(document).rows) {
      if (row.rank == rank && row.kind == RowKind::lane) return static_cast<std::uint32_t>(row.begin);
    }
    return kNoIndex;
  }
  /// Middle of a pixel of the plot.
  QPointF at(int x) { return {kLabelColumn + x + 0.5, view().height() / 2.0}; }
};

TEST(ChartsPanel, ShowsTheFirstRankUntilSomethingIsSelected) {
  Window window;
  ASSERT_EQ(window.view().charts(), 2u);
  EXPECT_EQ(window.view().chart(0).chart().title, "memory of rank 0");
  EXPECT_EQ(window.view().chart(1).chart().title, "SMs of rank 0");
  EXPECT_EQ(window.panel.ranks()->count(), 4);  // that of the selected op, and three ranks
}

TEST(ChartsPanel, FollowsTheSelectedSpan) {
  Window window;
  window.state.select(0, window.span_of_rank(2));
  EXPECT_EQ(window.view().chart(0).chart().rank, 2);
  window.state.select(0, window.span_of_rank(1));
  EXPECT_EQ(window.view().chart(0).chart().rank, 1);
}

TEST(ChartsPanel, StaysWithARankThatWasChosen) {
  Window window;
  window.panel.ranks()->setCurrentIndex(2);  // rank 1
  EXPECT_EQ(window.view().chart(0).chart().rank, 1);
  window.state.select(0, window.span_of_rank(2));
  EXPECT_EQ(window.view().chart(0).chart().rank, 1);
}

TEST(ChartsPanel, FollowsTheSelectionToAnotherRun) {
  Window window({{.pp = 1, .microbatches = 2}, {.pp = 2, .microbatches = 2}});
  EXPECT_TRUE(window.panel.runs()->isVisible());
  window.state.select(1, window.span_of_rank(1, 1));
  EXPECT_EQ(window.panel.runs()->currentIndex(), 1);
  EXPECT_EQ(window.view().chart(0).chart().rank, 1);
}

TEST(ChartsPanel, HidesTheChoiceOfOneRun) {
  Window window;
  EXPECT_FALSE(window.panel.runs()->isVisible());
}

TEST(ChartsPanel, MovesTheCursorOfAllViews) {
  Window window;
  const TimeRange range = window.state.range();
  move(window.view(), window.at(100));
  ASSERT_TRUE(window.state.cursor());
  // Pixel 100.5 of 400.
  EXPECT_NEAR(static_cast<double>(*window.state.cursor() - range.begin),
              100.5 / 400 * static_cast<double>(range.length()), 1);
  move(window.view(), QPointF(kLabelColumn / 2.0, 50));
  EXPECT_FALSE(window.state.cursor());
  move(window.view(), window.at(100));
  QEvent leave(QEvent::Leave);
  QApplication::sendEvent(&window.view(), &leave);
  EXPECT_FALSE(window.state.cursor());
}

TEST(ChartsPanel, GoesToTheTimeOfAClick) {
  Window window;
  const TimeRange all = window.state.extent();
  const TimeRange middle{all.begin + all.length() * 2 / 5, all.begin + all.length() * 3 / 5};
  window.state.go_to(middle);
  // Pixel 300.5 of 400 is a quarter of the width right of the middle.
  click(window.view(), window.at(300));
  const TimeRange now = window.state.range();
  EXPECT_EQ(now.length(), middle.length());
  EXPECT_NEAR(static_cast<double>(now.begin - middle.begin), 100.5 / 400 * static_cast<double>(middle.length()), 2);
}

TEST(ChartsPanel, ZoomsAboutTheCursor) {
  Window window;
  const TimeRange before = window.state.range();
  wheel(window.view(), window.at(100), {0, 120});
  const TimeRange after = window.state.range();
  EXPECT_LT(after.length(), before.length());
  // What lay at pixel 100.5 lies there still.
  const double was = static_cast<double>(before.begin) + 100.5 / 400 * static_cast<double>(before.length());
  const double is = static_cast<double>(after.begin) + 100.5 / 400 * static_cast<double>(after.length());
  EXPECT_NEAR(was, is, 0.01 * static_cast<double>(before.length()));
}

TEST(ChartsPanel, PaintsAnewWhenItsRangeChanges) {
  Window window;
  const QImage before = window.view().grab().toImage();
  const TimeRange all = window.state.extent();
  window.state.go_to({all.begin, all.begin + all.length() / 3});
  EXPECT_NE(window.view().grab().toImage(), before);
}

TEST(ChartsPanel, TellsValuesInATooltip) {
  Window window;
  // Pixel 122.5 of 400 is that share of the run.
  const TimeRange all = window.state.extent();
  const QPointF middle = window.at(122);
  const std::int64_t time = all.begin + std::llround(122.5 / 400 * static_cast<double>(all.length()));
  const QString text = window.view().tooltip_at(QPointF(middle.x(), 10));
  EXPECT_TRUE(text.startsWith(QStringLiteral("memory of rank 0\n"))) << qPrintable(text);
  for (const QString& value :
       QString::fromStdString(window.view().chart(0).values_at(time)).split(QStringLiteral(", "))) {
    EXPECT_TRUE(text.contains(value)) << qPrintable(text);
  }
  EXPECT_TRUE(window.view().tooltip_at(QPointF(kLabelColumn - 5, 10)).isEmpty());
}

TEST(ChartsPanel, SaysWhenThereAreNoCounters) {
  Window window({{.pp = 1, .microbatches = 1, .counters = false}});
  EXPECT_EQ(window.view().charts(), 0u);
  window.view().grab();
  click(window.view(), window.at(100));
  window.state.show({});
  EXPECT_EQ(window.view().charts(), 0u);
  window.view().grab();
}

TEST(ChartsPanel, ChangesWithTheDocument) {
  Window window;
  window.panel.ranks()->setCurrentIndex(3);
  window.state.replace(0, std::make_shared<const Trace>(made_run({.pp = 2, .microbatches = 2}), ""), true);
  EXPECT_EQ(window.panel.ranks()->count(), 3);
  EXPECT_EQ(window.view().chart(0).chart().rank, 0);  // rank 2 is gone
}

}  // namespace
}  // namespace braid
