// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/view/main_window_fixture.hpp"

namespace braid {
namespace {

TEST_F(MainWindowTest, KeysMoveTheRange) {
  open({run_file("a.braid")});
  show();
  view().setFocus();
  const TimeRange all = state().range();
  const auto length = [&] { return static_cast<double>(state().range().length()); };
  const double whole = length();
  QTest::keyClick(&view(), Qt::Key_W);
  EXPECT_NEAR(length(), 0.8 * whole, 2);  // a step is 0.8
  QTest::keyClick(&view(), Qt::Key_Up);
  EXPECT_NEAR(length(), 0.64 * whole, 3);
  const std::int64_t begin = state().range().begin;
  QTest::keyClick(&view(), Qt::Key_D);
  EXPECT_NEAR(static_cast<double>(state().range().begin - begin), 0.1 * length(), 2);
  QTest::keyClick(&view(), Qt::Key_Left);
  EXPECT_NEAR(static_cast<double>(state().range().begin), static_cast<double>(begin), 2);
  QTest::keyClick(&view(), Qt::Key_S);
  QTest::keyClick(&view(), Qt::Key_Down);
  EXPECT_NEAR(length(), whole, 5);
  QTest::keyClick(&view(), Qt::Key_W);
  QTest::keyClick(&view(), Qt::Key_Home);
  EXPECT_EQ(state().range(), all);
  QTest::keyClick(&view(), Qt::Key_Backspace);
  EXPECT_NEAR(length(), 0.8 * whole, 5);
  QTest::keyClick(&view(), Qt::Key_Right, Qt::AltModifier);
  EXPECT_EQ(state().range(), all);
}

TEST_F(MainWindowTest, KeysSelectFitAndClear) {
  open({run_file("a.braid")});
  show();
  view().setFocus();
  QTest::keyClick(&view(), Qt::Key_Period);
  const std::uint32_t first = state().selected().span;
  ASSERT_NE(first, kNoIndex);
  QTest::keyClick(&view(), Qt::Key_Period);
  EXPECT_NE(state().selected().span, first);
  QTest::keyClick(&view(), Qt::Key_Comma);
  EXPECT_EQ(state().selected().span, first);
  QTest::keyClick(&view(), Qt::Key_F);
  EXPECT_LT(state().range().length(), state().extent().length());
  QTest::keyClick(&view(), Qt::Key_F);
  EXPECT_EQ(state().range(), state().extent());
  drag(view(), QPointF(view().body().left() + 100, 60), QPointF(view().body().left() + 200, 100));
  ASSERT_TRUE(state().area());
  const TimeRange area = state().area()->range;
  QTest::keyClick(&view(), Qt::Key_Return);
  EXPECT_EQ(state().range(), area);
  QTest::keyClick(&view(), Qt::Key_Escape);
  EXPECT_FALSE(state().area());
  EXPECT_EQ(state().selected().span, kNoIndex);
}

TEST_F(MainWindowTest, LettersGoIntoAFieldThatIsBeingTypedIn) {
  open({run_file("a.braid")});
  show();
  const TimeRange before = state().range();
  QTest::keyClick(window_.get(), Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
  auto* filter = window_->findChild<QLineEdit*>(QStringLiteral("row_filter"));
  ASSERT_TRUE(filter->hasFocus());
  const std::size_t rows = view().scene().rows.size();
  for (const char key : std::string("was")) QTest::keyClick(filter, key);
  EXPECT_EQ(filter->text(), QStringLiteral("was"));
  EXPECT_EQ(state().range(), before);
  EXPECT_LT(view().scene().rows.size(), rows);  // no row is called so
  QTest::keyClick(window_.get(), Qt::Key_H, Qt::ShiftModifier | Qt::ControlModifier);
  filter->clear();
  EXPECT_EQ(view().scene().rows.size(), rows);
}

TEST_F(MainWindowTest, KeysInTheSearchBoxAreItsOwn) {
  open({run_file("a.braid")});
  show();
  drag(view(), QPointF(view().body().left() + 100, 60), QPointF(view().body().left() + 200, 100));
  ASSERT_TRUE(state().area());
  const TimeRange all = state().range();
  const PixelMode mode = state().mode();
  const Light light = state().theme().light;
  QTest::keyClick(&view(), Qt::Key_F, Qt::ControlModifier);
  auto* field = window_->findChild<QLineEdit*>(QStringLiteral("search"));
  auto* bar = window_->findChild<SearchBar*>();
  ASSERT_TRUE(field->hasFocus());
  // Each letter is a key of the window: night, colours, blend, zoom, help.
  for (const char key : std::string("ncbwsadfz/?.,")) QTest::keyClick(field, key);
  EXPECT_EQ(field->text(), QStringLiteral("ncbwsadfz/?.,"));
  EXPECT_EQ(state().theme().light, light);
  EXPECT_EQ(state().mode(), mode);
  EXPECT_EQ(state().range(), all);
  EXPECT_EQ(window_->findChild<HelpDialog*>(), nullptr);

  field->clear();
  QSignalSpy searched(bar, &SearchBar::searched);
  for (const char key : std::string("mlp")) QTest::keyClick(field, key);
  ASSERT_TRUE(QTest::qWaitFor([&] { return state().hits(0).size() > 2; }, 20'000));
  QTest::keyClick(field, Qt::Key_Return);
  const std::uint32_t first = state().selected().span;
  ASSERT_NE(first, kNoIndex);
  QTest::keyClick(field, Qt::Key_Enter);
  EXPECT_NE(state().selected().span, first);
  QTest::keyClick(field, Qt::Key_Return, Qt::ShiftModifier);
  EXPECT_EQ(state().selected().span, first);
  QTest::keyClick(field, Qt::Key_Escape);
  EXPECT_TRUE(bar->isHidden());
  EXPECT_TRUE(view().hasFocus());
  EXPECT_EQ(state().selected().span, first);
  EXPECT_TRUE(state().area());
}

TEST_F(MainWindowTest, SwitchesActOnTheViewState) {
  open({run_file("a.braid", {.pp = 2, .tp = 2, .microbatches = 2})});
  show();
  view().setFocus();
  const bool critical = state().critical_path(), flows = state().flows();
  QTest::keyClick(&view(), Qt::Key_M);
  EXPECT_NE(state().critical_path(), critical);
  QTest::keyClick(&view(), Qt::Key_L);
  EXPECT_NE(state().flows(), flows);
  QTest::keyClick(&view(), Qt::Key_N);
  EXPECT_EQ(state().theme().light, Light::night);
  QTest::keyClick(&view(), Qt::Key_C);
  EXPECT_EQ(state().theme().palette, PaletteKind::papers);
  EXPECT_EQ(state().theme().light, Light::night);
  QTest::keyClick(&view(), Qt::Key_B);
  EXPECT_EQ(state().mode(), PixelMode::blend);
  const std::size_t folded = view().scene().rows.size();
  QTest::keyClick(&view(), Qt::Key_T);
  EXPECT_GT(view().scene().rows.size(), folded);
}

TEST_F(MainWindowTest, NoTwoActionsShareAShortcut) {
  std::map<QString, QString> owners;
  for (const QAction* action : window_->all_actions()) {
    for (const QKeySequence& key : action->shortcuts()) {
      const auto [at, fresh] = owners.insert({key.toString(), action->text()});
      EXPECT_TRUE(fresh) << qPrintable(key.toString()) << ": " << qPrintable(at->second) << " and "
                         << qPrintable(action->text());
    }
  }
  EXPECT_GT(owners.size(), 30u);
}

TEST_F(MainWindowTest, HelpListsEveryShortcutAndOpensByItsKey) {
  const QList<HelpLine> lines = help_lines(window_->all_actions());
  for (const QAction* action : window_->all_actions()) {
    for (const QKeySequence& key : action->shortcuts()) {
      const QString text = key.toString(QKeySequence::NativeText);
      EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [&](const HelpLine& line) {
        return line.keys.split(QStringLiteral(", ")).contains(text) || line.keys.contains(text);
      })) << qPrintable(text);
    }
    EXPECT_FALSE(action->property("group").toString().isEmpty()) << qPrintable(action->text());
  }
  for (const HelpLine& line : lines) EXPECT_FALSE(line.what.isEmpty()) << qPrintable(line.keys);
  show();
  QTest::keyClick(window_.get(), Qt::Key_F1);
  auto* help = window_->findChild<HelpDialog*>();
  ASSERT_NE(help, nullptr);
  EXPECT_TRUE(help->isVisible());
}

}  // namespace
}  // namespace braid
