// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/view/main_window_fixture.hpp"

namespace braid {
namespace {

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

}  // namespace
}  // namespace braid
