// SPDX-License-Identifier: Apache-2.0
#include "gui/view/sweep_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>

#include "sim/base/csv.hpp"
#include "tests/gui/view/fake_braid.hpp"
#include "tests/gui/view/made_sweep.hpp"

namespace braid {
namespace {

using test::FakeBraid;
using test::playable_run;
using test::wait_until;

/// 0: fast and large; 1: slow and small; 2: beaten by both; 3: failed; 4: does not fit.
std::vector<Configuration> five() {
  std::vector<Configuration> all(5);
  const double steps[] = {1, 2, 3, 0, 0.5}, memories[] = {60e9, 30e9, 70e9, 0, 90e9};
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].hash = std::to_string(i);
    all[i].scenario = "name = \"number " + std::to_string(i) + "\"\n";
    all[i].run = i % 2 == 0 ? "stp" : "zb-v";
    all[i].gpu = "A800-80G";
    all[i].tp = 8;
    all[i].pp = 2;
    all[i].network = "ideal";
    all[i].step_time_s = steps[i];
    all[i].tokens_per_s = steps[i] > 0 ? 1000 / steps[i] : 0;
    all[i].peak_memory_bytes = memories[i];
    all[i].gpus = 16;
  }
  all[3].status = ConfigurationStatus::failed;
  all[3].reason = "stp needs m >= 3p-1";
  all[4].fits = false;
  return all;
}

class SweepViewTest : public testing::Test {
 protected:
  void open(const FakeBraid& fake) {
    SweepStore store(file(), SweepStore::Mode::write);
    for (const Configuration& c : five()) store.add(c);
    view_ = std::make_unique<SweepView>(&state_, nullptr, fake.path());
    view_->resize(900, 700);
    view_->show();
    view_->open(QString::fromStdString(file()));
    ASSERT_TRUE(wait_until([&] { return !view_->busy(); }));
    ASSERT_EQ(view_->message(), QString());
  }
  std::string file() const { return folder_.filePath(QStringLiteral("sweep.db")).toStdString(); }
  void click(std::size_t configuration) {
    QTest::mouseClick(view_->plot(), Qt::LeftButton, {}, view_->plot()->place_of(configuration)->toPoint());
  }
  std::size_t table_row() const {
    const auto* sorted = qobject_cast<const QSortFilterProxyModel*>(view_->table()->model());
    return static_cast<std::size_t>(sorted->mapToSource(view_->table()->currentIndex()).row());
  }

  QTemporaryDir folder_;
  ViewState state_;
  std::unique_ptr<SweepView> view_;
};

TEST_F(SweepViewTest, ShowsEveryConfigurationAndTheFront) {
  open(FakeBraid("exit 1"));
  EXPECT_EQ(view_->configurations().size(), 5u);
  EXPECT_EQ(view_->findChild<QComboBox*>(QStringLiteral("x"))->currentText(), QStringLiteral("peak memory"));
  EXPECT_EQ(view_->findChild<QComboBox*>(QStringLiteral("y"))->currentText(),
            QString::fromLatin1(to_text(SweepAxis::tokens_per_s)));
  EXPECT_THAT(view_->plot()->front(), testing::ElementsAre(1, 0));  // by memory; 2 is beaten, 4 does not fit
  EXPECT_FALSE(view_->plot()->place_of(3).has_value());             // failed
  EXPECT_EQ(view_->table()->model()->rowCount(), 5);
  const int remark = view_->table()->model()->columnCount() - 1;
  EXPECT_EQ(view_->table()->model()->index(3, remark).data().toString(), QStringLiteral("failed: stp needs m >= 3p-1"));
}

TEST_F(SweepViewTest, TheTableIsAModelAndSortsByNumbers) {
  open(FakeBraid("exit 1"));
  SweepTable model;
  QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
  model.show(&view_->configurations(), {});
  view_->table()->sortByColumn(7, Qt::DescendingOrder);  // step time: 3 2 1 0.5, the failed one last
  const auto cell = [&](int row) { return view_->table()->model()->index(row, 7).data().toString(); };
  EXPECT_EQ(cell(0), QStringLiteral("3 s"));
  EXPECT_EQ(cell(3), QStringLiteral("500 ms"));
  EXPECT_EQ(cell(4), QStringLiteral("\u2013"));
}

TEST_F(SweepViewTest, AClickPlaysThatConfigurationAndSelectsItInTheTable) {
  const FakeBraid fake("cp \"$2\" \"$HERE/scenario\"; mkdir -p \"$OUT\"; cp \"$HERE/result\" \"$OUT/stp.braid\"");
  write_run_file(playable_run(1.5).view(), fake.beside("result"));
  open(fake);
  std::shared_ptr<const Trace> ready;
  QObject::connect(view_.get(), &SweepView::trace_ready, view_.get(),
                   [&](const std::shared_ptr<const Trace>& trace) { ready = trace; });
  click(1);
  EXPECT_EQ(table_row(), 1u);
  ASSERT_TRUE(wait_until([&] { return ready != nullptr; }));
  EXPECT_EQ(ready->facts().step_time_ns, 1'500'000'000);
  EXPECT_EQ(read_file(fake.beside("scenario")), "name = \"number 1\"\n");
  EXPECT_EQ(view_->message(), QString());
}

TEST_F(SweepViewTest, EveryPointCanBeClickedAtAnyAxes) {
  const FakeBraid fake("exec sleep 30");
  open(fake);
  for (int x = 0; x < 5; ++x) {
    view_->findChild<QComboBox*>(QStringLiteral("x"))->setCurrentIndex(x);
    for (std::size_t i = 0; i < 5; ++i) {
      const std::optional<QPointF> at = view_->plot()->place_of(i);
      if (!at) continue;
      QMouseEvent move(QEvent::MouseMove, *at, *at, Qt::NoButton, Qt::NoButton, Qt::NoModifier);
      QApplication::sendEvent(view_->plot(), &move);
      ASSERT_TRUE(view_->plot()->hovered().has_value());
      // Points may lie on one another.
      EXPECT_EQ(view_->plot()->place_of(*view_->plot()->hovered()), at);
    }
  }
}

TEST_F(SweepViewTest, SelectingInTheTableRingsThePoint) {
  open(FakeBraid("exit 1"));
  const QImage before = view_->plot()->grab().toImage();
  view_->table()->selectRow(2);
  EXPECT_NE(view_->plot()->grab().toImage(), before);
}

TEST_F(SweepViewTest, AFailedOneSaysWhyAndPlaysNothing) {
  open(FakeBraid("exit 1"));
  view_->play(3);
  EXPECT_FALSE(view_->busy());
  EXPECT_EQ(view_->message(), QStringLiteral("There is no run of this configuration: stp needs m >= 3p-1"));
}

TEST_F(SweepViewTest, AChildThatFailsIsAMessage) {
  const FakeBraid fake("echo 'braid: no luck' >&2; exit 2");
  open(fake);
  click(0);
  EXPECT_TRUE(wait_until([&] { return view_->message() == QStringLiteral("no luck"); }));
  EXPECT_FALSE(view_->busy());
}

TEST_F(SweepViewTest, PlayingCanBeCancelled) {
  const FakeBraid fake("exec sleep 30");
  open(fake);
  click(0);
  auto* cancel = view_->findChild<QToolButton*>();
  ASSERT_TRUE(wait_until([&] { return cancel->isVisible(); }));
  cancel->click();
  EXPECT_TRUE(wait_until([&] { return view_->message() == QStringLiteral("Cancelled."); }));
  EXPECT_FALSE(view_->busy());
}

TEST_F(SweepViewTest, AStoreThatCannotBeReadLeavesTheOldOne) {
  open(FakeBraid("exit 1"));
  const QString other = folder_.filePath(QStringLiteral("other.db"));
  write_file(other.toStdString(), std::string(4096, 'x'));
  QSignalSpy failed(view_.get(), &SweepView::failed);
  view_->open(other);
  ASSERT_TRUE(wait_until([&] { return failed.count() == 1; }));
  EXPECT_TRUE(view_->message().endsWith(QStringLiteral("file is not a database")));
  EXPECT_EQ(view_->configurations().size(), 5u);
  EXPECT_EQ(view_->table()->model()->rowCount(), 5);
}

TEST_F(SweepViewTest, NothingOpenAndAnEmptyStoreAreShown) {
  SweepView view(&state_);
  view.resize(400, 300);
  EXPECT_FALSE(view.grab().isNull());
  { SweepStore empty(file(), SweepStore::Mode::write); }
  view.open(QString::fromStdString(file()));
  ASSERT_TRUE(wait_until([&] { return !view.busy(); }));
  EXPECT_EQ(view.message(), QString());
  EXPECT_FALSE(view.grab().isNull());
}

TEST(SweepOfBraid, ThirtyRealConfigurations) {
  QTemporaryDir folder;
  const QString file = folder.filePath(QStringLiteral("12b.db"));
  std::size_t failed = 0;
  {
    SweepStore store(file.toStdString(), SweepStore::Mode::write);
    for (const test::Planned& planned : test::planned_grid()) {
      const Configuration c = test::played_by_braid(planned);
      EXPECT_TRUE(store.add(c));
      failed += !c.ok();
      // STP: m >= 3p - 1 is 5, 11 and 23.
      if (c.run != "stp") continue;
      EXPECT_EQ(c.ok(), c.microbatches >= 3 * c.pp - 1) << c.reason;
    }
  }
  EXPECT_GE(failed, 3u);
  ViewState state;
  SweepView view(&state, nullptr, QStringLiteral(BRAID_BINARY_DIR "/bin/braid"));
  view.resize(1000, 760);
  view.show();
  view.open(file);
  ASSERT_TRUE(wait_until([&] { return !view.busy(); }));
  ASSERT_EQ(view.configurations().size(), 30u);
  ASSERT_FALSE(view.plot()->front().empty());
  std::shared_ptr<const Trace> ready;
  QObject::connect(&view, &SweepView::trace_ready, &view, [&](const auto& trace) { ready = trace; });
  const std::size_t best = view.plot()->front().front();
  view.play(best);
  ASSERT_TRUE(wait_until([&] { return !view.busy(); }));
  ASSERT_NE(ready, nullptr) << view.message().toStdString();
  // The same scenario and profile: the same step.
  EXPECT_NEAR(static_cast<double>(ready->facts().step_time_ns) * 1e-9, view.configurations()[best].step_time_s, 1e-9);
}

}  // namespace
}  // namespace braid
