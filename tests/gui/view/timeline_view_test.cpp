// SPDX-License-Identifier: Apache-2.0
// Gestures on a timeline that was never shown: what they do to the view state.
#include "gui/view/timeline_view.hpp"

#include <gtest/gtest.h>

#include <QHelpEvent>
#include <QScrollBar>
#include <QTextDocument>
#include <QToolTip>
#include <cmath>
#include <set>

#include "gui/view/navigation.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/view/mouse.hpp"

namespace braid {
namespace {

class TimelineViewTest : public testing::Test {
 protected:
  explicit TimelineViewTest(MadeRun wanted = {.pp = 2, .microbatches = 2}) {
    state_.show({std::make_shared<Trace>(made_run(wanted), "made.braid")});
    view_ = std::make_unique<TimelineView>(&state_, 0);
    resize({kLabelColumn + 1000, 600});
  }
  /// A widget that was never shown hears of its size when it is painted.
  void resize(QSize size) {
    view_->resize(size);
    view_->grab();
  }
  QRect body() const { return view_->body(); }
  /// A point of the body at a share of its width.
  QPointF at(double share, double y = 100) const { return {body().left() + share * body().width(), body().top() + y}; }
  double ns_per_pixel() const { return static_cast<double>(state_.range().length()) / body().width(); }
  std::int64_t time_at(double share) const {
    return state_.range().begin + std::llround(share * static_cast<double>(state_.range().length()));
  }
  /// The longest block that is drawn, so that a click into its middle has room.
  Block widest() const {
    Block most;
    for (const Block& block : blocks(view_->scene())) {
      if (block.box.width() > most.box.width()) most = block;
    }
    return most;
  }
  QPointF middle(const Block& block) const { return block.box.center() + QPointF(body().topLeft()); }

  ViewState state_;
  std::unique_ptr<TimelineView> view_;
};

TEST_F(TimelineViewTest, WheelZoomsAboutTheCursorByTheAngleItTurned) {
  const std::int64_t before = state_.range().length(), anchor = time_at(0.25);
  wheel(*view_, at(0.25), {0, 120});
  // A notch makes the range 0.8 times as long; the time under the cursor stays, but for rounding to a nanosecond.
  EXPECT_NEAR(static_cast<double>(state_.range().length()), 0.8 * static_cast<double>(before), 2);
  EXPECT_NEAR(static_cast<double>(time_at(0.25)), static_cast<double>(anchor), 2);
  wheel(*view_, at(0.25), {0, -60});
  wheel(*view_, at(0.25), {0, -60});
  EXPECT_NEAR(static_cast<double>(state_.range().length()), static_cast<double>(before), 4);
}

TEST_F(TimelineViewTest, CtrlWheelZoomsAsWell) {
  const std::int64_t before = state_.range().length();
  wheel(*view_, at(0.5), {0, 240}, Qt::ControlModifier);
  EXPECT_NEAR(static_cast<double>(state_.range().length()), 0.64 * static_cast<double>(before), 2);  // 0.8 squared
}

TEST_F(TimelineViewTest, TurnsOfOneGestureAreUndoneAtOnce) {
  const TimeRange all = state_.range();
  for (ulong ms : {1000ul, 1100ul, 1200ul}) wheel(*view_, at(0.5), {0, 120}, {}, ms);
  const TimeRange once = state_.range();
  wheel(*view_, at(0.5), {0, 120}, {}, 5000);
  state_.undo_zoom();
  EXPECT_EQ(state_.range(), once);
  state_.undo_zoom();
  EXPECT_EQ(state_.range(), all);
  state_.redo_zoom();
  EXPECT_EQ(state_.range(), once);
}

TEST_F(TimelineViewTest, ShiftWheelAndSidewaysWheelPan) {
  state_.go_to({1'000'000, 2'000'000});
  wheel(*view_, at(0.5), {0, -120}, Qt::ShiftModifier);
  EXPECT_EQ(state_.range(), (TimeRange{1'100'000, 2'100'000}));  // a tenth of the range, later
  wheel(*view_, at(0.5), {120, 0});
  EXPECT_EQ(state_.range(), (TimeRange{1'000'000, 2'000'000}));
}

TEST_F(TimelineViewTest, CtrlShiftWheelChangesTheHeightOfRowsInSmallSteps) {
  const double before = state_.documents()[0].layout.row_height;
  wheel(*view_, at(0.5), {0, 120}, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_DOUBLE_EQ(state_.documents()[0].layout.row_height, 1.1 * before);
  for (int i = 0; i < 200; ++i) wheel(*view_, at(0.5), {0, -120}, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_GE(state_.documents()[0].layout.row_height, 2);
}

TEST_F(TimelineViewTest, WheelOverTheNamesScrollsRows) {
  resize({kLabelColumn + 1000, kRulerHeight + 60});
  ASSERT_GT(total_height(view_->scene().rows), 60 + 54);
  const TimeRange range = state_.range();
  wheel(*view_, QPointF(20, 50), {0, -120});
  EXPECT_EQ(view_->scroll(), 54);
  EXPECT_EQ(state_.range(), range);
  wheel(*view_, at(0.5, 20), {0, 120}, Qt::AltModifier);
  EXPECT_EQ(view_->scroll(), 0);
}

TEST_F(TimelineViewTest, DragSelectsTimeAndRows) {
  const std::vector<LayoutRow>& rows = view_->scene().rows;
  ASSERT_GT(rows.size(), 3u);
  const double from_y = rows[1].top + rows[1].height / 2, to_y = rows[3].top + rows[3].height / 2;
  // Drawn from the lower right to the upper left: the same area.
  drag(*view_, at(0.6, to_y), at(0.2, from_y));
  ASSERT_TRUE(state_.area());
  EXPECT_EQ(state_.area()->first_row, 1u);
  EXPECT_EQ(state_.area()->last_row, 3u);
  EXPECT_NEAR(static_cast<double>(state_.area()->range.begin), static_cast<double>(time_at(0.2)), ns_per_pixel());
  EXPECT_NEAR(static_cast<double>(state_.area()->range.end), static_cast<double>(time_at(0.6)), ns_per_pixel());
  const TimeRange wanted = state_.area()->range;
  zoom_to_area(state_);
  EXPECT_EQ(state_.range(), wanted);
}

TEST_F(TimelineViewTest, DragOverTheRulerSelectsAllRows) {
  drag(*view_, {at(0.2).x(), 10}, {at(0.4).x(), 10});
  ASSERT_TRUE(state_.area());
  EXPECT_EQ(state_.area()->first_row, 0u);
  EXPECT_EQ(state_.area()->last_row, view_->scene().rows.size() - 1);
}

TEST_F(TimelineViewTest, CtrlDragAndRightDragZoomToTheBox) {
  for (const auto& [button, keys] :
       {std::pair<Qt::MouseButton, Qt::KeyboardModifiers>{Qt::LeftButton, Qt::ControlModifier},
        {Qt::RightButton, Qt::NoModifier}}) {
    fit_all(state_);
    const std::int64_t from = time_at(0.2), to = time_at(0.6);
    const double slack = ns_per_pixel();
    drag(*view_, at(0.2), at(0.6), button, keys);
    EXPECT_NEAR(static_cast<double>(state_.range().begin), static_cast<double>(from), slack);
    EXPECT_NEAR(static_cast<double>(state_.range().end), static_cast<double>(to), slack);
    EXPECT_FALSE(state_.area());
  }
}

TEST_F(TimelineViewTest, MiddleDragMovesThePictureAndIsOneStepToUndo) {
  state_.go_to({1'000'000, 2'000'000});
  drag(*view_, at(0.5), at(0.3), Qt::MiddleButton);
  // A fifth of the width to the left: a fifth of the range later.
  EXPECT_NEAR(static_cast<double>(state_.range().begin), 1'200'000, 1000);
  EXPECT_EQ(state_.range().length(), 1'000'000);
  state_.undo_zoom();
  EXPECT_EQ(state_.range(), (TimeRange{1'000'000, 2'000'000}));
}

TEST_F(TimelineViewTest, ClickSelectsWhatItHitsAndNothingBesideIt) {
  const Block block = widest();
  click(*view_, middle(block));
  EXPECT_EQ(state_.selected(), (ViewState::Selected{.document = 0, .span = block.span}));
  EXPECT_EQ(view_->scene().selected, block.span);
  click(*view_, QPointF(body().right() - 1, body().bottom() - 1));
  EXPECT_EQ(state_.selected().span, kNoIndex);
}

TEST_F(TimelineViewTest, AShakyClickIsStillAClick) {
  const Block block = widest();
  drag(*view_, middle(block), middle(block) + QPointF(2, 1));
  EXPECT_EQ(state_.selected().span, block.span);
  EXPECT_FALSE(state_.area());
}

TEST_F(TimelineViewTest, EveryDrawnBlockCanBeClicked) {
  state_.go_to({0, state_.extent().length() / 8});
  std::size_t clicked = 0;
  for (const Block& block : blocks(view_->scene())) {
    if (block.box.width() < 1) continue;
    click(*view_, middle(block));
    EXPECT_EQ(state_.selected().span, block.span);
    ++clicked;
  }
  EXPECT_GT(clicked, 10u);
}

TEST_F(TimelineViewTest, DoubleClickFitsTheBlockAndBesideBlocksEverything) {
  const Block block = widest();
  const RunView& run = view_->scene().trace->run();
  double_click(*view_, middle(block));
  // Half of its length at either side.
  const std::int64_t length = run.end[block.span] - run.start[block.span];
  EXPECT_EQ(state_.range(), (TimeRange{run.start[block.span] - length / 2, run.end[block.span] + length / 2}));
  EXPECT_EQ(state_.selected().span, block.span);
  double_click(*view_, QPointF(body().right() - 1, body().bottom() - 1));
  EXPECT_EQ(state_.range(), state_.extent());
}

TEST_F(TimelineViewTest, HoverTellsTheSpanAndTheTimeAndForgetsThem) {
  const Block block = widest();
  move(*view_, middle(block));
  EXPECT_EQ(state_.hover().span, block.span);
  ASSERT_TRUE(state_.cursor());
  const double share = (middle(block).x() - body().left()) / body().width();
  EXPECT_NEAR(static_cast<double>(*state_.cursor()), static_cast<double>(time_at(share)), ns_per_pixel());
  EXPECT_NEAR(view_->scene().cursor_x, middle(block).x() - body().left(), 1);
  QEvent leave(QEvent::Leave);
  QApplication::sendEvent(view_.get(), &leave);
  EXPECT_EQ(state_.hover().span, kNoIndex);
  EXPECT_FALSE(state_.cursor());
}

TEST_F(TimelineViewTest, ANameThatLooksLikeHtmlIsShownAsItStands) {
  RunColumns run;
  run.ranks = {{.rank = 0}};
  run.start = {0};
  run.end = {1'000'000};
  run.category = {Category::other};
  run.name = {run.add_name("<b>gemm</b>")};
  run.rows = {{.rank = 0, .begin = 0, .end = 1}};
  state_.show({std::make_shared<Trace>(std::move(run), "named.json")});
  view_ = std::make_unique<TimelineView>(&state_, 0);
  resize({kLabelColumn + 1000, 600});
  const QPoint where = middle(widest()).toPoint();
  QHelpEvent help(QEvent::ToolTip, where, view_->mapToGlobal(where));
  QApplication::sendEvent(view_.get(), &help);
  ASSERT_FALSE(QToolTip::text().isEmpty());
  QTextDocument shown;
  Qt::mightBeRichText(QToolTip::text()) ? shown.setHtml(QToolTip::text()) : shown.setPlainText(QToolTip::text());
  EXPECT_TRUE(shown.toPlainText().startsWith(QStringLiteral("<b>gemm</b>: 1 ms"))) << qPrintable(QToolTip::text());
  QToolTip::hideText();
}

TEST_F(TimelineViewTest, KeysAnchorAtTheCursorElseInTheMiddle) {
  EXPECT_NEAR(static_cast<double>(view_->anchor()), static_cast<double>(time_at(0.5)), ns_per_pixel());
  move(*view_, at(0.1));
  EXPECT_NEAR(static_cast<double>(view_->anchor()), static_cast<double>(time_at(0.1)), ns_per_pixel());
  move(*view_, QPointF(20, 50));  // over the names
  EXPECT_NEAR(static_cast<double>(view_->anchor()), static_cast<double>(time_at(0.5)), ns_per_pixel());
}

TEST_F(TimelineViewTest, ClickOnAHeadingFoldsIt) {
  const std::size_t rows = view_->scene().rows.size();
  ASSERT_EQ(view_->scene().rows[0].kind, LayoutRow::Kind::heading);
  const QPointF heading(40, body().top() + view_->scene().rows[0].height / 2);
  click(*view_, heading);
  EXPECT_TRUE(view_->scene().rows[0].folded);
  EXPECT_LT(view_->scene().rows.size(), rows);
  click(*view_, heading);
  EXPECT_EQ(view_->scene().rows.size(), rows);
}

TEST_F(TimelineViewTest, PinnedRowsComeFirstAndLanesAreHidden) {
  std::size_t row = 0;
  while (view_->scene().rows[row].kind != LayoutRow::Kind::spans) ++row;
  const std::string id = view_->scene().rows[row + 1].id;
  view_->toggle_pin(row + 1);
  EXPECT_TRUE(view_->scene().rows[0].pinned);
  EXPECT_EQ(view_->scene().rows[0].id, id);
  view_->toggle_pin(0);
  EXPECT_FALSE(view_->scene().rows[0].pinned);

  const std::size_t before = view_->scene().rows.size();
  for (std::size_t i = 0; i < before; ++i) {
    const LayoutRow& shown = view_->scene().rows[i];
    if (shown.kind != LayoutRow::Kind::spans) continue;
    const RunRow& of = view_->scene().trace->run().rows[shown.members.front()];
    if (of.kind != RowKind::lane || of.lane != Lane::pp) continue;
    view_->hide_lane(i);
    break;
  }
  EXPECT_EQ(view_->scene().rows.size(), before - 2);  // two ranks have a pp row each
}

TEST_F(TimelineViewTest, AnAreaGoesWithItsRows) {
  drag(*view_, at(0.2, 10), at(0.4, 60));
  ASSERT_TRUE(state_.area());
  wheel(*view_, at(0.5), {0, 120}, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_TRUE(state_.area());  // the same rows, higher
  click(*view_, QPointF(40, body().top() + 3));
  EXPECT_FALSE(state_.area());
}

TEST_F(TimelineViewTest, NextAndPreviousAndAlongDependences) {
  const RunView& run = view_->scene().trace->run();
  const auto compute = static_cast<std::uint32_t>(run.rows[1].begin);
  ASSERT_EQ(run.rows[1].lane, Lane::compute);
  state_.select(0, compute);
  step_selection(state_, Direction::forward);
  const std::uint32_t next = state_.selected().span;
  EXPECT_GT(next, compute);
  EXPECT_FALSE(is_idle(run.category[next]));
  step_selection(state_, Direction::back);
  EXPECT_EQ(state_.selected().span, compute);
  // A unit waits for the one before it on its lane.
  state_.select(0, next);
  follow_dependence(state_, Direction::back);
  const std::span<const std::uint32_t> deps = run.deps_of(next);
  EXPECT_EQ(std::set<std::uint32_t>(deps.begin(), deps.end()).count(state_.selected().span), 1u);
}

TEST_F(TimelineViewTest, PaintsWithinAFewFramesAtAnySize) {
  for (const QSize size : {QSize(200, 30), QSize(800, 600), QSize(2560, 1440)}) {
    view_->resize(size);
    EXPECT_EQ(view_->grab().size(), size);
  }
}

TEST_F(TimelineViewTest, AnOlderResultIsDrawnAtTheFootOfItsRow) {
  std::size_t row = 0;
  const auto is_compute = [&](const LayoutRow& shown) {
    if (shown.kind != LayoutRow::Kind::spans) return false;
    const RunRow& of = view_->scene().trace->run().rows[shown.members.front()];
    return of.kind == RowKind::lane && of.lane == Lane::compute;
  };
  while (!is_compute(view_->scene().rows[row])) ++row;
  const LayoutRow& shown = view_->scene().rows[row];
  const QPoint foot(body().left() + body().width() * 3 / 4,
                    body().top() + static_cast<int>(shown.top + shown.height) - 2);
  // The older one has half of the microbatches: it has ended where the new one still works.
  auto older = std::make_shared<Trace>(made_run({.pp = 2, .microbatches = 1}), "old.braid");
  ASSERT_LT(older->extent().end, state_.extent().end * 3 / 4);
  const auto newer = state_.documents()[0].trace;
  state_.replace(0, older, false);
  state_.replace(0, newer, true);
  fit_all(state_);
  EXPECT_EQ(view_->grab().toImage().pixelColor(foot), state_.theme().background);  // the ghost does nothing there
  const QPoint early(body().left() + body().width() / 4, foot.y());
  EXPECT_NE(view_->grab().toImage().pixelColor(early), state_.theme().background);
  state_.replace(0, newer, false);
  EXPECT_NE(view_->grab().toImage().pixelColor(foot), state_.theme().background);
}

class TimelineViewWithPeers : public TimelineViewTest {
 protected:
  TimelineViewWithPeers() : TimelineViewTest({.pp = 4, .tp = 2, .microbatches = 2}) {}
};

TEST_F(TimelineViewWithPeers, ShiftedRunIsDrawnWhereItIsShiftedTo) {
  const Block before = widest();
  const double per_pixel = ns_per_pixel();
  state_.shift(0, std::llround(50 * per_pixel));
  EXPECT_NEAR(box_of(view_->scene(), before.span).left(), before.box.left() + 50, 1);
}

}  // namespace
}  // namespace braid
