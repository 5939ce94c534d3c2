// SPDX-License-Identifier: Apache-2.0
#include "gui/view/what_if_panel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableView>
#include <QTest>

#include "sim/base/csv.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/gui/view/fake_braid.hpp"

namespace braid {
namespace {

using test::FakeBraid;
using test::playable_run;
using test::playable_trace;
using test::wait_until;

const std::string kWrites = "echo 'progress 0.5 stp' >&2; mkdir -p \"$OUT\"; cp \"$HERE/result\" \"$OUT/stp.braid\"";

/// A panel over one run of 2 s.
class WhatIfPanelTest : public testing::Test {
 protected:
  void open(const FakeBraid& fake) {
    old_ = playable_trace(2);
    state_.show({old_});
    panel_ = std::make_unique<WhatIfPanel>(&state_, nullptr, fake.path());
    panel_->resize(360, 900);
    panel_->show();
  }
  template <class Editor>
  Editor* field(const char* path) {
    return panel_->findChild<Editor*>(QString::fromLatin1(path));
  }
  QString text(const char* label) { return panel_->findChild<QLabel*>(QString::fromLatin1(label))->text(); }
  void run_and_wait() {
    QSignalSpy ended(panel_.get(), &WhatIfPanel::finished);
    panel_->run();
    ASSERT_TRUE(panel_->running() || ended.count() == 1);
    ASSERT_TRUE(wait_until([&] { return ended.count() == 1; }));
    EXPECT_FALSE(panel_->running());
  }
  /// What is shown is what was there before, and one may go on.
  void expect_nothing_lost() {
    ASSERT_EQ(state_.documents().size(), 1u);
    EXPECT_EQ(state_.documents()[0].trace, old_);
    EXPECT_EQ(state_.documents()[0].ghost, nullptr);
    EXPECT_EQ(field<QSpinBox>("plan.microbatches")->value(), 128);
    EXPECT_TRUE(panel_->run_action()->isEnabled());
    EXPECT_FALSE(panel_->cancel_action()->isEnabled());
  }
  QString message_of(const std::string& script) {
    const FakeBraid fake(script);
    open(fake);
    field<QSpinBox>("plan.microbatches")->setValue(128);
    run_and_wait();
    expect_nothing_lost();
    return panel_->message();
  }

  ViewState state_;
  std::shared_ptr<const Trace> old_;
  std::unique_ptr<WhatIfPanel> panel_;
};

TEST_F(WhatIfPanelTest, ShowsTheScenario) {
  open(FakeBraid("exit 1"));
  EXPECT_EQ(field<QSpinBox>("plan.tp")->value(), 8);
  EXPECT_EQ(field<QSpinBox>("plan.pp")->value(), 2);
  EXPECT_EQ(field<QSpinBox>("plan.microbatches")->value(), 64);
  EXPECT_EQ(field<QSpinBox>("plan.sequence")->value(), 6144);
  EXPECT_EQ(field<QSpinBox>("profile.comm_ctas")->value(), 16);
  EXPECT_EQ(field<QComboBox>("schedule")->currentText(), QStringLiteral("stp"));
  EXPECT_EQ(field<QComboBox>("cluster.gpu")->currentText(), QStringLiteral("A800-80G"));
  EXPECT_EQ(field<QLineEdit>("cluster.intra_bandwidth")->text(), QStringLiteral("200 GB/s"));
  EXPECT_EQ(panel_->form()->changes(), 0);
}

TEST_F(WhatIfPanelTest, WithoutARunThereIsNothingToPlay) {
  WhatIfPanel panel(&state_);
  EXPECT_FALSE(panel.run_action()->isEnabled());
  state_.show({std::make_shared<const Trace>(made_run({}), "made up")});
  EXPECT_FALSE(panel.run_action()->isEnabled());
  state_.show({playable_trace(2)});
  EXPECT_TRUE(panel.run_action()->isEnabled());
}

TEST_F(WhatIfPanelTest, AResultTakesTheRunsPlaceAndCanBeTakenBack) {
  const FakeBraid fake(kWrites);
  write_run_file(playable_run(1.5).view(), fake.beside("result"));
  open(fake);
  state_.go_to({1'000'000, 3'000'000});
  QSignalSpy ranges(&state_, &ViewState::range_changed);
  field<QSpinBox>("plan.microbatches")->setValue(128);
  run_and_wait();
  EXPECT_EQ(panel_->message(), QString());
  const std::shared_ptr<const Trace> result = state_.documents()[0].trace;
  EXPECT_NE(result, old_);
  EXPECT_EQ(state_.documents()[0].ghost, old_);
  EXPECT_EQ(state_.range(), (TimeRange{1'000'000, 3'000'000}));
  EXPECT_EQ(ranges.count(), 0);
  EXPECT_EQ(field<QSpinBox>("plan.microbatches")->value(), 128);  // the form goes on from there
  QAbstractItemModel* numbers = panel_->numbers();
  ASSERT_GE(numbers->rowCount(), 1);
  const auto cell = [&](int column) { return numbers->index(0, column).data().toString(); };
  EXPECT_EQ(cell(0), QStringLiteral("step time"));
  EXPECT_EQ(cell(1), QStringLiteral("2 s"));
  EXPECT_EQ(cell(2), QStringLiteral("1.5 s"));
  EXPECT_EQ(cell(3), QStringLiteral("\u2713 -25.0 %"));  // 1.5 / 2 - 1
  ASSERT_TRUE(panel_->back_action()->isEnabled());
  panel_->back_action()->trigger();
  EXPECT_EQ(state_.documents()[0].trace, old_);
  EXPECT_EQ(state_.documents()[0].ghost, nullptr);
  EXPECT_EQ(field<QSpinBox>("plan.microbatches")->value(), 64);
  EXPECT_EQ(numbers->rowCount(), 0);
  EXPECT_FALSE(panel_->back_action()->isEnabled());
}

TEST_F(WhatIfPanelTest, TheChildGetsTheScenarioTheProfileAndWhatChanged) {
  const FakeBraid fake("printf '%s\\n' \"$@\" > \"$HERE/arguments\"; cp \"$2\" \"$HERE/scenario\"\n" + kWrites);
  write_run_file(playable_run(1.5).view(), fake.beside("result"));
  open(fake);
  field<QSpinBox>("plan.microbatches")->setValue(128);
  field<QComboBox>("schedule")->setCurrentText(QStringLiteral("1f1b-i"));
  run_and_wait();
  const std::string arguments = read_file(fake.beside("arguments"));
  EXPECT_THAT(arguments, testing::StartsWith("simulate\n"));
  EXPECT_THAT(arguments, testing::HasSubstr("--schedule\n1f1b-i\n"));
  EXPECT_THAT(arguments, testing::HasSubstr("--set\nplan.microbatches=128\n"));
  EXPECT_THAT(arguments, testing::HasSubstr("profile.csv\n"));
  EXPECT_THAT(arguments, testing::Not(testing::HasSubstr("run.0")));  // its own options as they are
  EXPECT_EQ(parse_scenario(read_file(fake.beside("scenario")), "x").plan.microbatches, 64);
}

TEST_F(WhatIfPanelTest, CtrlRRuns) {
  const FakeBraid fake(kWrites);
  write_run_file(playable_run(1.5).view(), fake.beside("result"));
  open(fake);
  panel_->activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(panel_.get()));
  QTest::keyClick(panel_.get(), Qt::Key_R, Qt::ControlModifier);
  EXPECT_TRUE(wait_until([&] { return state_.documents()[0].trace != old_; }));
}

TEST_F(WhatIfPanelTest, ProgressIsShown) {
  const FakeBraid fake("echo 'progress 0.25 playing stp' >&2; sleep 30");
  open(fake);
  panel_->run();
  auto* bar = panel_->findChild<QProgressBar*>();
  EXPECT_TRUE(wait_until([&] { return bar->isVisible() && bar->value() == 250; }));  // of 1000
  EXPECT_TRUE(wait_until([&] { return text("doing").startsWith(QStringLiteral("playing stp, ")); }));
  EXPECT_FALSE(panel_->run_action()->isEnabled());
  panel_->cancel();
  EXPECT_TRUE(wait_until([&] { return !panel_->running(); }));
  EXPECT_FALSE(bar->isVisible());
}

TEST_F(WhatIfPanelTest, IsBusyWhileNoShareIsKnown) {
  const FakeBraid fake("echo 'progress 0.000 stp' >&2; sleep 30");
  open(fake);
  panel_->run();
  auto* bar = panel_->findChild<QProgressBar*>();
  EXPECT_TRUE(wait_until([&] { return text("doing").startsWith(QStringLiteral("stp, ")); }));
  EXPECT_EQ(bar->maximum(), 0);  // busy
  EXPECT_FALSE(panel_->findChild<QTableView*>(QStringLiteral("numbers"))->isEnabled());
  panel_->cancel();
  EXPECT_TRUE(wait_until([&] { return !panel_->running(); }));
  EXPECT_TRUE(panel_->findChild<QTableView*>(QStringLiteral("numbers"))->isEnabled());
}

TEST_F(WhatIfPanelTest, FaultsStandAtTheirFieldsBeforeAnythingRuns) {
  open(FakeBraid("exit 1"));
  field<QLineEdit>("cluster.intra_bandwidth")->setText(QStringLiteral("300"));
  EXPECT_TRUE(text("issue:cluster.intra_bandwidth").contains(QStringLiteral("a bare number has no unit")));
  EXPECT_FALSE(panel_->run_action()->isEnabled());
  field<QLineEdit>("cluster.intra_bandwidth")->setText(QStringLiteral("300 GB/s"));
  EXPECT_EQ(text("issue:cluster.intra_bandwidth"), QString());
  EXPECT_TRUE(panel_->run_action()->isEnabled());
  field<QSpinBox>("plan.dp")->setValue(2);  // 8 x 2 x 2 GPUs of 16
  EXPECT_TRUE(text("issues").contains(QStringLiteral("needs 32 GPUs")));
  panel_->reset();
  EXPECT_EQ(text("issues"), QString());
  EXPECT_EQ(panel_->form()->changes(), 0);
}

TEST_F(WhatIfPanelTest, AChildThatRefusesIsQuoted) {
  EXPECT_EQ(message_of("echo 'progress 0 x' >&2; echo 'braid: schedule:stp: needs m >= 3p-1' >&2; exit 2"),
            QStringLiteral("schedule:stp: needs m >= 3p-1"));
  // Of its own folder nothing is said.
  EXPECT_EQ(message_of("echo \"braid: $2: run.2.schedule: stp: needs m >= 3p-1\" >&2; exit 2"),
            QStringLiteral("run.2.schedule: stp: needs m >= 3p-1"));
  EXPECT_EQ(message_of("exit 3"), QStringLiteral("braid failed with exit code 3"));
}

TEST_F(WhatIfPanelTest, AChildThatIsKilledLosesNothing) {
  EXPECT_EQ(message_of("kill -9 $$"), QStringLiteral("braid was killed (out of memory?)"));
  EXPECT_EQ(message_of("kill -6 $$"), QStringLiteral("braid ended by signal 6"));
  // The same from outside, while it runs.
  const FakeBraid fake("exec sleep 30");
  open(fake);
  field<QSpinBox>("plan.microbatches")->setValue(128);
  panel_->run();
  ASSERT_TRUE(wait_until([&] { return panel_->child_id() > 0; }));
  ASSERT_EQ(kill(static_cast<pid_t>(panel_->child_id()), SIGKILL), 0);
  ASSERT_TRUE(wait_until([&] { return !panel_->running(); }));
  EXPECT_TRUE(panel_->message().contains(QStringLiteral("was killed")));
  expect_nothing_lost();
}

TEST_F(WhatIfPanelTest, AChildThatWritesNothingOrGarbageLosesNothing) {
  EXPECT_EQ(message_of("exit 0"), QStringLiteral("braid has ended and left no run file behind"));
  EXPECT_TRUE(message_of("mkdir \"$OUT\"; echo garbage > \"$OUT/x.braid\"")
                  .startsWith(QStringLiteral("What braid wrote cannot be read: ")));
  EXPECT_TRUE(message_of("mkdir \"$OUT\"; : > \"$OUT/x.braid\"").startsWith(QStringLiteral("What braid wrote")));
  // 20 MB of words are no reason to keep them.
  EXPECT_LE(message_of("yes abcdefghi | head -c 20000000 >&2; exit 1").size(), 8192);
}

TEST_F(WhatIfPanelTest, AProgramThatIsNotThereIsAMessage) {
  old_ = playable_trace(2);
  state_.show({old_});
  panel_ = std::make_unique<WhatIfPanel>(&state_, nullptr, QStringLiteral("/nowhere/braid"));
  field<QSpinBox>("plan.microbatches")->setValue(128);
  run_and_wait();
  EXPECT_TRUE(panel_->message().startsWith(QStringLiteral("/nowhere/braid cannot be started: ")));
  expect_nothing_lost();
}

TEST_F(WhatIfPanelTest, AChildThatHangsIsKilledWithinTwoSeconds) {
  const FakeBraid fake("trap '' TERM; echo 'progress 0.1 deaf' >&2; while :; do sleep 0.1; done");
  open(fake);
  field<QSpinBox>("plan.microbatches")->setValue(128);
  panel_->run();
  auto* bar = panel_->findChild<QProgressBar*>();
  ASSERT_TRUE(wait_until([&] { return bar->value() == 100; }));  // it is deaf by now
  const auto child = static_cast<pid_t>(panel_->child_id());
  QElapsedTimer since;
  since.start();
  panel_->cancel();
  ASSERT_TRUE(wait_until([&] { return !panel_->running(); }));
  EXPECT_LT(since.elapsed(), 2000);
  EXPECT_NE(kill(child, 0), 0);
  EXPECT_EQ(panel_->message(), QStringLiteral("Cancelled; nothing has changed."));
  expect_nothing_lost();
}

TEST_F(WhatIfPanelTest, AnotherFileEndsTheChildAndTakesTheForm) {
  const FakeBraid fake("exec sleep 30");
  open(fake);
  field<QSpinBox>("plan.microbatches")->setValue(128);
  panel_->run();
  ASSERT_TRUE(wait_until([&] { return panel_->child_id() > 0; }));
  const auto other = playable_trace(3);
  state_.show({other});
  EXPECT_TRUE(wait_until([&] { return !panel_->running(); }));
  EXPECT_EQ(state_.documents()[0].trace, other);
  EXPECT_EQ(field<QSpinBox>("plan.microbatches")->value(), 64);
}

TEST_F(WhatIfPanelTest, APanelThatGoesEndsItsChild) {
  const FakeBraid fake("exec sleep 30");
  open(fake);
  panel_->run();
  ASSERT_TRUE(wait_until([&] { return panel_->child_id() > 0; }));
  const auto child = static_cast<pid_t>(panel_->child_id());
  panel_.reset();
  EXPECT_NE(kill(child, 0), 0);
}

TEST_F(WhatIfPanelTest, OfSeveralRunsOneIsChosen) {
  const FakeBraid fake(kWrites);
  write_run_file(playable_run(1.5).view(), fake.beside("result"));
  const auto first = playable_trace(2), second = playable_trace(3);
  state_.show({first, second});
  WhatIfPanel panel(&state_, nullptr, fake.path());
  auto* which = panel.findChild<QComboBox*>(QStringLiteral("which"));
  ASSERT_EQ(which->count(), 2);
  which->setCurrentIndex(1);
  emit which->activated(1);
  panel.run();
  ASSERT_TRUE(wait_until([&] { return state_.documents()[1].trace != second; }));
  EXPECT_EQ(state_.documents()[0].trace, first);
  EXPECT_EQ(state_.documents()[1].ghost, second);
}

TEST_F(WhatIfPanelTest, ASavedScenarioIsTheOneThatIsPlayed) {
  open(FakeBraid("exit 1"));
  field<QSpinBox>("plan.microbatches")->setValue(128);
  QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("mine.toml"));
  panel_->save_scenario(path);
  const Scenario saved = read_scenario(path.toStdString());
  EXPECT_EQ(saved.plan.microbatches, 128);
  EXPECT_TRUE(check(saved).empty());
  EXPECT_EQ(saved.profile, folder.filePath(QStringLiteral("mine.profile.csv")).toStdString());
  EXPECT_TRUE(panel_->message().startsWith(QStringLiteral("Saved: ")));
  panel_->save_scenario(QStringLiteral("/nowhere/mine.toml"));
  EXPECT_TRUE(panel_->message().startsWith(QStringLiteral("/nowhere/mine")));
}

TEST_F(WhatIfPanelTest, TheTableOfNumbersIsAModel) {
  ChangesModel model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.show({{.name = "x", .before = "1", .change = "-1 %", .better = -1}});
  EXPECT_EQ(model.index(0, 2).data().toString(), QStringLiteral("\u2013"));
  EXPECT_EQ(model.index(0, 3).data().toString(), QStringLiteral("\u2717 -1 %"));
  model.show({});
  EXPECT_EQ(model.rowCount(), 0);
}

TEST(WhatIfOfBraid, PlaysTheScenarioAndShowsTheNumbers) {
  ViewState state;
  state.show({playable_trace(2)});
  WhatIfPanel panel(&state, nullptr, QStringLiteral(BRAID_BINARY_DIR "/bin/braid"));
  panel.findChild<QSpinBox*>(QStringLiteral("plan.microbatches"))->setValue(16);
  panel.findChild<QSpinBox*>(QStringLiteral("profile.comm_ctas"))->setValue(4);
  panel.run();
  ASSERT_TRUE(wait_until([&] { return !panel.running(); }));
  ASSERT_EQ(panel.message(), QString());
  const RunFacts& facts = state.documents()[0].trace->facts();
  EXPECT_EQ(facts.run, "stp");
  const Scenario played = parse_scenario(facts.scenario, "x");
  EXPECT_EQ(played.plan.microbatches, 16);
  EXPECT_THAT(facts.profile, testing::HasSubstr("parameter,comm_ctas,4,"));
  EXPECT_EQ(panel.numbers()->index(0, 0).data().toString(), QStringLiteral("step time"));
  EXPECT_NE(panel.numbers()->index(0, 2).data().toString(), QStringLiteral("\u2013"));
}

}  // namespace
}  // namespace braid
