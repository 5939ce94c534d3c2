// SPDX-License-Identifier: Apache-2.0
// The whole window on the offscreen platform: files, keys, help, panels, sizes.
#include "gui/view/main_window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QAction>
#include <QDockWidget>
#include <QDropEvent>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>
#include <map>

#include "gui/view/help_dialog.hpp"
#include "gui/view/message_bar.hpp"
#include "gui/view/search_bar.hpp"
#include "gui/view/start_page.hpp"
#include "gui/view/strips.hpp"
#include "gui/view/timeline_view.hpp"
#include "sim/sweep/store.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/view/mouse.hpp"

namespace braid {
namespace {

class MainWindowTest : public testing::Test {
 protected:
  MainWindowTest() { window_ = make_window(); }

  std::unique_ptr<MainWindow> make_window(const QString& example = {}) {
    return std::make_unique<MainWindow>(
        MainWindow::Places{.settings = path("settings.ini"), .cache_folder = {}, .example = example});
  }
  QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
  QString run_file(const char* name, const MadeRun& wanted = {.pp = 2, .microbatches = 2}) {
    write_run_file(made_run(wanted).view(), path(name).toStdString());
    return path(name);
  }
  void open(const QStringList& files) {
    QSignalSpy opened(window_.get(), &MainWindow::opened);
    window_->open(files);
    ASSERT_TRUE(opened.wait(20'000)) << qPrintable(window_->messages()->text());
  }
  void show() {
    window_->resize(1200, 800);
    window_->show();
    window_->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(window_.get()));
  }
  ViewState& state() { return *window_->state(); }
  TimelineView& view() { return *window_->timelines().front(); }

  QTemporaryDir folder_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(MainWindowTest, OpensARunAndSaysWhatItIs) {
  open({run_file("a.braid")});
  ASSERT_EQ(state().documents().size(), 1u);
  EXPECT_EQ(window_->timelines().size(), 1u);
  EXPECT_THAT(window_->windowTitle().toStdString(), testing::HasSubstr("a.braid"));
  EXPECT_THAT(window_->windowTitle().toStdString(), testing::HasSubstr("made up"));
}

TEST_F(MainWindowTest, OpensSeveralOneAboveTheOtherAndMoreBeside) {
  open({run_file("a.braid"), run_file("b.braid", {.pp = 4})});
  EXPECT_EQ(window_->timelines().size(), 2u);
  QSignalSpy opened(window_.get(), &MainWindow::opened);
  window_->open_beside({run_file("c.braid")});
  ASSERT_TRUE(opened.wait(20'000));
  EXPECT_EQ(window_->timelines().size(), 3u);
  EXPECT_EQ(window_->files().size(), 3);
  open({path("b.braid")});
  EXPECT_EQ(window_->timelines().size(), 1u);
}

TEST_F(MainWindowTest, AFileThatFailsLeavesWhatIsShown) {
  open({run_file("a.braid")});
  const std::shared_ptr<const Trace> shown = state().documents()[0].trace;
  QFile broken(path("broken.braid"));
  ASSERT_TRUE(broken.open(QIODevice::WriteOnly));
  QFile whole(path("a.braid"));
  ASSERT_TRUE(whole.open(QIODevice::ReadOnly));
  broken.write(whole.read(whole.size() / 2));
  broken.close();
  for (const QString& bad : {path("broken.braid"), path("not there.braid")}) {
    QSignalSpy refused(window_.get(), &MainWindow::refused);
    window_->open({bad});
    ASSERT_TRUE(!refused.isEmpty() || refused.wait(20'000));
    EXPECT_FALSE(window_->messages()->isHidden());
    EXPECT_THAT(window_->messages()->text().toStdString(), testing::HasSubstr(bad.toStdString()));
    EXPECT_EQ(state().documents()[0].trace, shown);
    EXPECT_EQ(window_->files(), QStringList{path("a.braid")});
  }
}

TEST_F(MainWindowTest, OneBadFileAmongSeveralLeavesTheOthers) {
  const QString good = run_file("good.braid"), cut = path("cut.braid"), none = path("not there.braid");
  QFile broken(cut), whole(good);
  ASSERT_TRUE(broken.open(QIODevice::WriteOnly) && whole.open(QIODevice::ReadOnly));
  broken.write(whole.read(whole.size() / 2));
  broken.close();
  open({cut, none, good});
  EXPECT_EQ(window_->timelines().size(), 1u);
  EXPECT_EQ(window_->files(), QStringList{good});
  EXPECT_FALSE(window_->messages()->isHidden());
  EXPECT_THAT(window_->messages()->text().toStdString(),
              testing::AllOf(testing::HasSubstr(cut.toStdString()), testing::HasSubstr(none.toStdString())));
  // Where none can be opened, all are named as well.
  QSignalSpy refused(window_.get(), &MainWindow::refused);
  window_->open({cut, cut, none});
  ASSERT_TRUE(!refused.isEmpty() || refused.wait(20'000));
  EXPECT_THAT(refused.front().front().toString().toStdString(),
              testing::AllOf(testing::HasSubstr(cut.toStdString()), testing::HasSubstr(none.toStdString())));
  EXPECT_EQ(window_->files(), QStringList{good});
}

TEST_F(MainWindowTest, ANewWishReplacesTheOneUnderWay) {
  window_->open({run_file("a.braid", {.pp = 8, .microbatches = 64})});
  open({run_file("b.braid")});
  EXPECT_EQ(window_->files(), QStringList{path("b.braid")});
  QTest::qWait(100);
  EXPECT_EQ(window_->files(), QStringList{path("b.braid")});
  EXPECT_FALSE(window_->loading());
}

TEST_F(MainWindowTest, FilesCanBeDropped) {
  const QString file = run_file("a.braid");
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(file)});
  QDragEnterEvent enter({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window_.get(), &enter);
  EXPECT_TRUE(enter.isAccepted());
  QSignalSpy opened(window_.get(), &MainWindow::opened);
  QDropEvent drop({5, 5}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window_.get(), &drop);
  ASSERT_TRUE(opened.wait(20'000));
  EXPECT_EQ(window_->files(), QStringList{file});

  QMimeData text;
  text.setText(QStringLiteral("not a file"));
  QDragEnterEvent foreign({5, 5}, Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
  foreign.ignore();
  QApplication::sendEvent(window_.get(), &foreign);
  EXPECT_FALSE(foreign.isAccepted());
}

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

TEST_F(MainWindowTest, ASessionBringsTheViewBack) {
  open({run_file("a.braid"), run_file("b.braid")});
  state().go_to({1'000'000, 2'000'000});
  const RunView& run = state().documents()[1].trace->run();
  const auto span = static_cast<std::uint32_t>(run.rows[1].begin + 3);
  state().select(1, span);
  LayoutOptions layout = state().documents()[1].layout;
  layout.row_height = 31;
  layout.hidden_lanes = {Lane::pp};
  state().lay_out(1, layout);
  window_->look(PaletteKind::papers, Light::night, PixelMode::blend);
  window_->save_session(path("v.braidview"));

  window_ = make_window();
  open({path("v.braidview")});
  EXPECT_EQ(state().documents().size(), 2u);
  EXPECT_EQ(state().range(), (TimeRange{1'000'000, 2'000'000}));
  EXPECT_EQ(state().selected(), (ViewState::Selected{.document = 1, .span = span}));
  EXPECT_EQ(state().documents()[1].layout.row_height, 31);
  EXPECT_EQ(state().documents()[1].layout.hidden_lanes, std::set<Lane>{Lane::pp});
  EXPECT_TRUE(state().documents()[0].layout.hidden_lanes.empty());
  EXPECT_EQ(state().theme().light, Light::night);
  EXPECT_EQ(state().mode(), PixelMode::blend);
  // Beside the session the files are named without a folder, so that all can be moved.
  QFile kept(path("v.braidview"));
  ASSERT_TRUE(kept.open(QIODevice::ReadOnly));
  EXPECT_FALSE(kept.readAll().contains(folder_.path().toUtf8()));
}

// Of five runs the third and the fifth, not the first three.
TEST_F(MainWindowTest, ASessionShowsTheRunsThatWereChosen) {
  open({run_file("0.braid"), run_file("1.braid"), run_file("2.braid"), run_file("3.braid"), run_file("4.braid")});
  QMenu* runs = nullptr;
  for (QMenu* menu : window_->findChildren<QMenu*>()) {
    if (menu->title() == QStringLiteral("&Runs")) runs = menu;
  }
  ASSERT_NE(runs, nullptr);
  for (const int choice : {4, 0, 1}) {
    emit runs->aboutToShow();
    runs->actions()[choice]->trigger();
  }
  ASSERT_EQ(state().documents().size(), 2u);
  window_->save_session(path("v.braidview"));

  window_ = make_window();
  open({path("v.braidview")});
  ASSERT_EQ(state().documents().size(), 2u);
  EXPECT_EQ(state().documents()[0].trace->path(), path("2.braid").toStdString());
  EXPECT_EQ(state().documents()[1].trace->path(), path("4.braid").toStdString());
}

TEST_F(MainWindowTest, AViewOfNothingIsNotKept) {
  QSignalSpy refused(window_.get(), &MainWindow::refused);
  window_->save_session(path("v.braidview"));
  EXPECT_EQ(refused.size(), 1);
  EXPECT_FALSE(QFile::exists(path("v.braidview")));
}

TEST_F(MainWindowTest, RunsOfOneTitleAreToldApart) {
  const auto with_facts = [&](const char* name, const char* facts) {
    RunColumns run = made_run({.pp = 2, .microbatches = 2});
    run.facts = facts;
    write_run_file(run.view(), path(name).toStdString());
    return path(name);
  };
  const char* const predicted = R"({"run": "stp", "kind": "simulated"})";
  open({with_facts("p.braid", predicted),
        with_facts("m.braid", R"({"run": "stp", "kind": "simulated", "provenance": {"placement": "host"}})"),
        with_facts("q.braid", predicted)});
  QStringList titles;
  for (const TimelineView* one : window_->timelines())
    titles += one->parentWidget()->findChild<HeadlineView*>()->title();
  EXPECT_EQ(titles,
            (QStringList{QStringLiteral("stp, simulated (p.braid)"), QStringLiteral("stp, measured (host backend)"),
                         QStringLiteral("stp, simulated (q.braid)")}));
}

TEST_F(MainWindowTest, AWhatIfResultSaysSoAndIsKeptWithItsView) {
  open({run_file("a.braid"), run_file("b.braid")});
  {
    // As the panel does: the file goes when the program ends.
    QTemporaryDir elsewhere;
    const std::string file = elsewhere.filePath(QStringLiteral("stp.braid")).toStdString();
    write_run_file(made_run({.pp = 2, .microbatches = 3}).view(), file);
    state().replace(1, std::make_shared<const Trace>(RunFile(file), file), true, "plan.microbatches=3");
  }
  const QString line = window_->timelines()[1]->parentWidget()->findChild<HeadlineView*>()->figures();
  EXPECT_THAT(line.toStdString(), testing::AllOf(testing::StartsWith("what if: plan.microbatches=3"),
                                                 testing::EndsWith("thin strip below each row: the run before")));
  const std::size_t spans = state().documents()[1].trace->run().start.size();
  window_->save_session(path("v.braidview"));
  EXPECT_THAT(window_->messages()->text().toStdString(), testing::HasSubstr("v-what-if.braid"));
  EXPECT_TRUE(QFile::exists(path("v-what-if.braid")));

  window_ = make_window();
  open({path("v.braidview")});
  EXPECT_EQ(window_->files(), (QStringList{path("a.braid"), path("v-what-if.braid")}));
  EXPECT_EQ(state().documents()[1].trace->run().start.size(), spans);
}

TEST_F(MainWindowTest, ABrokenSessionIsAMessage) {
  open({run_file("a.braid")});
  QFile file(path("v.braidview"));
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write("{\"schema\": \"braid.view/9\"}");
  file.close();
  QSignalSpy refused(window_.get(), &MainWindow::refused);
  window_->open({path("v.braidview")});
  ASSERT_TRUE(!refused.isEmpty() || refused.wait(5'000));
  EXPECT_THAT(window_->messages()->text().toStdString(), testing::HasSubstr("another version of Braid"));
  EXPECT_EQ(state().documents().size(), 1u);
}

TEST_F(MainWindowTest, TheFirstTimeTheExampleOpensByItselfAndThenNot) {
  const QString example = run_file("example.braid");
  window_ = make_window(example);
  QSignalSpy opened(window_.get(), &MainWindow::opened);
  window_->greet();
  ASSERT_TRUE(opened.wait(20'000));
  EXPECT_EQ(window_->files(), QStringList{example});
  window_ = make_window(example);
  window_->greet();
  EXPECT_FALSE(window_->loading());
  EXPECT_TRUE(state().documents().empty());
}

TEST_F(MainWindowTest, ReloadKeepsTheRange) {
  open({run_file("a.braid")});
  state().go_to({1'000'000, 2'000'000});
  const std::shared_ptr<const Trace> before = state().documents()[0].trace;
  QSignalSpy opened(window_.get(), &MainWindow::opened);
  window_->reload();
  ASSERT_TRUE(opened.wait(20'000));
  EXPECT_NE(state().documents()[0].trace, before);
  EXPECT_EQ(state().range(), (TimeRange{1'000'000, 2'000'000}));
}

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
