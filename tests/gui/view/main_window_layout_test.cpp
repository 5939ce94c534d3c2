// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/view/main_window_fixture.hpp"

namespace braid {
namespace {

TEST_F(MainWindowTest, LookAndPlacesOfPanelsAreKept) {
  window_->look(PaletteKind::papers, Light::night, PixelMode::share);
  auto* dock = window_->findChild<QDockWidget*>(QStringLiteral("details"));
  ASSERT_NE(dock, nullptr);
  dock->hide();
  window_->close();
  window_ = make_window();
  EXPECT_EQ(state().theme().light, Light::night);
  EXPECT_EQ(state().theme().palette, PaletteKind::papers);
  EXPECT_TRUE(window_->findChild<QDockWidget*>(QStringLiteral("details"))->isHidden());
}

TEST_F(MainWindowTest, ThreeRunsInALowWindowShowRowsOfEach) {
  window_->resize(800, 600);
  window_->show();
  open({run_file("a.braid"), run_file("b.braid"), run_file("c.braid")});
  QApplication::processEvents();
  QTest::qWait(50);
  EXPECT_EQ(window_->size(), QSize(800, 600));
  for (const TimelineView* one : window_->timelines()) {
    const LayoutRow& second = one->scene().rows.at(1);
    EXPECT_GE(one->body().height(), second.top + second.height) << one->document();
    EXPECT_GE(one->parentWidget()->height(), one->geometry().bottom() + 1);
  }
}

TEST_F(MainWindowTest, ChartsAreClosedWhereThereIsNoRoomUnlessTheUserChose) {
  auto* charts = window_->findChild<QAction*>(QStringLiteral("show_charts"));
  window_->resize(1440, 900);
  open({run_file("a.braid"), run_file("b.braid")});
  EXPECT_TRUE(charts->isChecked());
  open({path("a.braid"), path("b.braid"), run_file("c.braid")});
  EXPECT_FALSE(charts->isChecked());
  charts->trigger();
  open({path("b.braid"), path("a.braid"), path("c.braid")});
  EXPECT_TRUE(charts->isChecked());
  window_->close();
  window_ = make_window();
  window_->resize(1440, 700);
  open({path("a.braid")});
  EXPECT_TRUE(window_->findChild<QAction*>(QStringLiteral("show_charts"))->isChecked());
}

TEST_F(MainWindowTest, ASweepAloneHasTheRoomUntilARunIsOpened) {
  const std::string store = path("s.sqlite").toStdString();
  { SweepStore empty(store, SweepStore::Mode::write); }
  show();
  auto* dock = window_->findChild<QDockWidget*>(QStringLiteral("sweep"));
  open({path("s.sqlite")});
  EXPECT_TRUE(dock->isVisible());
  EXPECT_FALSE(window_->findChild<StartPage*>()->isVisible());
  EXPECT_TRUE(QTest::qWaitFor([&] { return dock->height() > window_->height() / 2; }, 5'000)) << dock->height();
  open({run_file("a.braid")});
  EXPECT_FALSE(dock->isVisible());
  EXPECT_TRUE(view().isVisible());
}

TEST_F(MainWindowTest, WorksAtAnySizeAndWithPanelsUndocked) {
  open({run_file("a.braid"), run_file("b.braid")});
  for (const QSize size : {QSize(800, 600), QSize(2560, 1440)}) {
    window_->resize(size);
    window_->show();
    QApplication::processEvents();
    EXPECT_EQ(window_->size(), size);  // nothing asks for more room
    for (TimelineView* one : window_->timelines()) {
      EXPECT_GT(one->body().width(), 100);
      EXPECT_GT(one->body().height(), 30);
    }
  }
  for (QDockWidget* dock : window_->findChildren<QDockWidget*>()) {
    dock->show();
    dock->setFloating(true);
    QApplication::processEvents();
    EXPECT_TRUE(dock->isFloating());
    dock->setFloating(false);
    QApplication::processEvents();
    EXPECT_FALSE(dock->isFloating());
  }
  // The timelines still answer.
  const std::int64_t before = state().range().length();
  wheel(view(), QPointF(view().body().center()), {0, 120});
  EXPECT_LT(state().range().length(), before);
}

}  // namespace
}  // namespace braid
