// SPDX-License-Identifier: Apache-2.0
#include "gui/view/search_bar.hpp"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

#include "tests/gui/made_run.hpp"

namespace braid {
namespace {

/// A rank with F attn at 0, 100 and 200 us for 10 us, F mlp at 50 us for 20.
std::shared_ptr<const Trace> four_spans() {
  RunColumns run;
  run.ranks = {{.rank = 0, .pp = 0, .tp = 0, .dp = 0}};
  run.start = {0, 50'000, 100'000, 200'000};
  run.end = {10'000, 70'000, 110'000, 210'000};
  run.category.assign(4, Category::forward);
  for (int i = 0; i < 4; ++i) {
    run.key.push_back(
        {.microbatch = static_cast<std::int16_t>(i), .kind = OpKind::forward, .unit = i == 1 ? Unit::mlp : Unit::attn});
  }
  run.rows = {{.rank = 0, .begin = 0, .end = 4}};
  return std::make_shared<const Trace>(std::move(run), "four");
}

class SearchBarTest : public testing::Test {
 protected:
  SearchBarTest() {
    state.show({four_spans()});
    bar.show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(&bar));
  }
  void type(const char* text) {
    QTest::keyClicks(bar.edit(), QLatin1String(text));
    EXPECT_TRUE(QTest::qWaitFor([&] { return !bar.busy(); }));
  }
  void press(Qt::Key key, Qt::KeyboardModifiers with = {}) { QTest::keyClick(bar.edit(), key, with); }

  ViewState state;
  SearchBar bar{&state};
};

TEST_F(SearchBarTest, CountsHitsAndTheirTimeAsOneTypes) {
  type("attn");
  EXPECT_EQ(bar.summary().toStdString(), "3 hits, 30 us in all");
  EXPECT_EQ(state.hits(0), (std::vector<std::uint32_t>{0, 2, 3}));
  type(" mb:3");
  EXPECT_EQ(bar.summary().toStdString(), "1 hit, 10 us");
}

TEST_F(SearchBarTest, CyclesWithEnterBothWays) {
  type("attn");
  for (const auto& [with, span, text] : {std::tuple{Qt::NoModifier, 0u, "1 of 3, 30 us in all"},
                                         {Qt::NoModifier, 2u, "2 of 3, 30 us in all"},
                                         {Qt::NoModifier, 3u, "3 of 3, 30 us in all"},
                                         {Qt::NoModifier, 0u, "1 of 3, 30 us in all"},
                                         {Qt::ShiftModifier, 3u, "3 of 3, 30 us in all"},
                                         {Qt::ShiftModifier, 2u, "2 of 3, 30 us in all"}}) {
    press(Qt::Key_Return, with);
    EXPECT_EQ(state.selected().span, span);
    EXPECT_EQ(bar.summary().toStdString(), text);
  }
}

TEST_F(SearchBarTest, BeginsWithWhatIsInView) {
  state.go_to({90'000, 150'000});
  type("attn");
  press(Qt::Key_Return);
  EXPECT_EQ(state.selected().span, 2u);  // at 100 us
}

TEST_F(SearchBarTest, BringsTheHitIntoView) {
  state.go_to({0, 20'000});
  type("mb:3");
  press(Qt::Key_Return);
  EXPECT_LE(state.range().begin, 200'000);
  EXPECT_GE(state.range().end, 210'000);
}

TEST_F(SearchBarTest, ShowsWhatIsWrongAndForgetsTheHits) {
  type("attn");
  type(" mb:x");
  EXPECT_EQ(bar.summary().toStdString(), "search: 'mb:x' wants a whole number, as in mb:3");
  EXPECT_TRUE(state.hits(0).empty());
  press(Qt::Key_Return);
  EXPECT_EQ(state.selected().span, kNoIndex);
}

TEST_F(SearchBarTest, SaysWhenThereIsNothing) {
  type("zzz");
  EXPECT_EQ(bar.summary().toStdString(), "no hits");
}

TEST_F(SearchBarTest, ClosesWithEscapeAndLeavesNoHits) {
  QSignalSpy closed(&bar, &SearchBar::closed);
  type("attn");
  press(Qt::Key_Escape);
  EXPECT_TRUE(bar.edit()->text().isEmpty());
  EXPECT_TRUE(state.hits(0).empty());
  EXPECT_EQ(closed.count(), 1);
}

TEST_F(SearchBarTest, SearchesAgainWhenAnotherRunIsShown) {
  type("attn");
  state.show({four_spans(), four_spans()});
  EXPECT_TRUE(QTest::qWaitFor([&] { return !bar.busy(); }));
  EXPECT_EQ(bar.summary().toStdString(), "6 hits over 2 runs, 60 us in all");
  EXPECT_EQ(state.hits(1).size(), 3u);
  press(Qt::Key_Return);
  press(Qt::Key_Return);
  EXPECT_EQ(state.selected(), (ViewState::Selected{1, 0}));  // both begin at 0
}

TEST_F(SearchBarTest, DoesNotBlockWhileMillionsAreSearched) {
  // Each letter stops the search before it. 50 ms is what the window may stand still; the loop's turns are timed.
  const auto large = std::make_shared<const Trace>(
      made_run({.pp = 8, .microbatches = 32, .layers = 8, .steps = 30, .counters = false, .dependences = false}), "");
  ASSERT_GT(large->run().spans(), 800'000u);
  state.show({large});
  qint64 longest = 0;
  QElapsedTimer timer;
  for (const char letter : std::string("attn mb3")) {
    timer.start();
    QTest::keyClick(bar.edit(), letter);
    longest = std::max(longest, timer.elapsed());
  }
  while (bar.busy()) {
    timer.start();
    QCoreApplication::processEvents();
    longest = std::max(longest, timer.elapsed());
  }
  EXPECT_LT(longest, 50);
  EXPECT_FALSE(state.hits(0).empty());
}

TEST_F(SearchBarTest, CanBeDestroyedWhileItSearches) {
  auto other = std::make_unique<SearchBar>(&state);
  other->edit()->setText(QStringLiteral("attn"));
  other.reset();
  QCoreApplication::processEvents();
  EXPECT_TRUE(state.hits(0).empty());
}

}  // namespace
}  // namespace braid
