// SPDX-License-Identifier: Apache-2.0
// The whole window on runs that have next to nothing in them, under keys and a mouse that do anything at any time,
// while runs are replaced by others with fewer rows and spans. What may break is an index that is kept too long: the
// sanitizers see it where it does not crash.
#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <random>

#include "gui/view/main_window.hpp"
#include "gui/view/timeline_view.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/small_run.hpp"
#include "tests/gui/view/mouse.hpp"

namespace braid {
namespace {

using Traces = std::vector<std::shared_ptr<const Trace>>;

constexpr std::int64_t kFar = std::int64_t{1} << 59;

std::shared_ptr<const Trace> traced(RunColumns run) {
  EXPECT_TRUE(check(run.view()).empty()) << check(run.view()).front().what;
  return std::make_shared<const Trace>(std::move(run), "odd.braid");
}

Traces odd_runs() {
  const auto with = [](const std::vector<SmallSpan>& spans) {
    return traced(SmallRun().rank({.rank = 0}).row(RowKind::lane, Lane::compute, spans).columns());
  };
  return {
      traced({}),
      traced(SmallRun().rank({.rank = 0}).rank({.rank = 1}).columns()),
      with({}),
      with({{.start = 5, .end = 6}}),
      with({{.start = 7, .end = 7}, {.start = 7, .end = 7}}),
      with({{.start = -kFar, .end = -kFar + 1}, {.start = kFar, .end = kFar + 1}}),
      with({{.start = 0, .end = 100, .name = ""}, {.start = 100, .end = 300, .category = Category::idle_tp}}),
      traced(made_run({.pp = 1, .microbatches = 1, .layers = 1, .counters = false, .dependences = false})),
      traced(made_run({.pp = 2, .tp = 2, .microbatches = 3})),
      traced(made_run({.pp = 4, .microbatches = 6})),
  };
}

/// Nobody is there to answer a dialog.
bool harmless(const QAction* action) {
  const QString text = action->text().remove(u'&');
  return !text.endsWith(u'\u2026') && !text.contains(QStringLiteral("Quit")) && !text.contains(QStringLiteral("About"));
}

class OddRunsTest : public testing::Test {
 protected:
  OddRunsTest() : window_(MainWindow::Places{.settings = folder_.filePath(QStringLiteral("settings.ini"))}) {
    window_.resize(1100, 760);
    window_.show();
  }
  ViewState& state() { return *window_.state(); }
  std::size_t any(std::size_t count) { return static_cast<std::size_t>(random_() % count); }
  QPoint any_point(const QWidget& on) {
    // Not laid out yet, a widget has no width.
    const auto below = [this](int most) { return static_cast<int>(any(static_cast<std::size_t>(std::max(1, most)))); };
    return {below(on.width()), below(on.height())};
  }
  void trigger_any_action() {
    QList<QAction*> actions = window_.all_actions();
    actions.erase(std::remove_if(actions.begin(), actions.end(), [](QAction* one) { return !harmless(one); }),
                  actions.end());
    actions[static_cast<qsizetype>(any(static_cast<std::size_t>(actions.size())))]->trigger();
  }
  void pick_from_menus() {
    for (QMenu* menu : window_.findChildren<QMenu*>()) {
      if (menu->isVisible() && !menu->actions().isEmpty() && qobject_cast<TimelineView*>(menu->parent())) {
        menu->actions()[static_cast<qsizetype>(any(static_cast<std::size_t>(menu->actions().size())))]->trigger();
        menu->close();
      }
    }
  }
  void use_the_mouse() {
    if (window_.timelines().empty()) return;
    TimelineView& on = *window_.timelines()[any(window_.timelines().size())];
    const QPoint from = any_point(on), to = any_point(on);
    constexpr Qt::MouseButton kButtons[] = {Qt::LeftButton, Qt::RightButton, Qt::MiddleButton};
    const Qt::MouseButton button = kButtons[any(3)];
    switch (any(5)) {
      case 0:
        return click(on, from, button);
      case 1:
        return double_click(on, from);
      case 2:
        send_mouse(on, QEvent::MouseButtonPress, from, button, button);
        send_mouse(on, QEvent::MouseMove, (from + to) / 2, Qt::NoButton, button);
        change_a_run();
        send_mouse(on, QEvent::MouseMove, to, Qt::NoButton, button);
        return send_mouse(on, QEvent::MouseButtonRelease, to, button, Qt::NoButton);
      case 3:
        return move(on, to);
      default:
        wheel(on, from, {0, any(2) == 0 ? 360 : -360});
    }
  }
  void change_a_run() {
    if (state().documents().empty()) return;
    state().replace(any(state().documents().size()), runs_[any(runs_.size())], any(2) == 0);
  }

  QTemporaryDir folder_;
  MainWindow window_;
  Traces runs_ = odd_runs();
  std::mt19937 random_{7};
};

TEST_F(OddRunsTest, EachIsShownAndAnswersEveryKey) {
  for (const std::shared_ptr<const Trace>& run : runs_) {
    state().show({run});
    QTest::qWait(20);
    for (QAction* action : window_.all_actions()) {
      if (harmless(action)) action->trigger();
    }
    window_.grab();
    EXPECT_EQ(state().documents().size(), 1u);
    EXPECT_GT(state().range().length(), 0);
  }
}

TEST_F(OddRunsTest, AMenuThatStaysOpenDoesNothingToTheNextRun) {
  state().show({runs_.back()});
  QTest::qWait(20);
  TimelineView& view = *window_.timelines().front();
  for (const Block& block : blocks(view.scene())) {
    if (block.box.width() < 2 || block.span == 0) continue;
    click(view, block.box.center() + QPointF(view.body().topLeft()), Qt::RightButton);
    auto* menu = view.findChild<QMenu*>();
    ASSERT_NE(menu, nullptr);
    state().replace(0, runs_[3], false);  // of one span
    EXPECT_FALSE(menu->isVisible());
    const QList<QAction*> entries = menu->actions();
    ASSERT_GT(entries.size(), 4) << "none of them is about the block";
    for (QAction* entry : entries) entry->trigger();
    EXPECT_EQ(state().selected().span, kNoIndex);
    return;
  }
  FAIL() << "no block to click";
}

TEST_F(OddRunsTest, AnythingAtAnyTimeLeavesTheWindowWhole) {
  for (int step = 0; step < 600; ++step) {
    switch (any(8)) {
      case 0: {
        Traces some;
        for (std::size_t i = 0; i <= any(3); ++i) some.push_back(runs_[any(runs_.size())]);
        state().show(std::move(some));
        break;
      }
      case 1:
      case 2:
        change_a_run();
        break;
      case 3:
        trigger_any_action();
        break;
      case 4:
        pick_from_menus();
        break;
      default:
        use_the_mouse();
    }
    if (any(4) == 0) QTest::qWait(1);
    for (const ViewState::Document& document : state().documents()) {
      const auto selected = state().selected_in(static_cast<std::size_t>(&document - state().documents().data()));
      ASSERT_TRUE(selected == kNoIndex || selected < document.trace->run().spans()) << "at step " << step;
    }
  }
  window_.grab();
}

}  // namespace
}  // namespace braid
