// SPDX-License-Identifier: Apache-2.0
#include "gui/view/latest_work.hpp"

#include <gtest/gtest.h>

#include <QSemaphore>
#include <QSignalSpy>
#include <QThread>
#include <QtTest>
#include <stdexcept>
#include <vector>

namespace braid {
namespace {

using namespace std::chrono_literals;

bool until_idle(LatestWork& work) {
  return QTest::qWaitFor([&] { return !work.busy(); }, 5000);
}

TEST(LatestWork, BeginsOnlyTheNewestOfThoseAskedForAtOnce) {
  LatestWork work(1ms);
  std::vector<int> begun, shown;
  for (int i = 0; i < 5; ++i) {
    work.ask([&, i](const std::atomic<bool>&) -> LatestWork::Show {
      begun.push_back(i);  // one worker, and nobody else looks at it until it is done
      return [&, i] { shown.push_back(i); };
    });
  }
  ASSERT_TRUE(until_idle(work));
  EXPECT_EQ(begun, std::vector<int>{4});
  EXPECT_EQ(shown, std::vector<int>{4});
}

TEST(LatestWork, DropsTheResultOfAJobThatWasOvertaken) {
  LatestWork work(0ms);
  QSemaphore begun, go_on;
  std::vector<int> shown;
  std::atomic<bool> told = false;
  work.ask([&](const std::atomic<bool>& stop) -> LatestWork::Show {
    begun.release();
    go_on.acquire();
    told = stop.load();
    return [&] { shown.push_back(1); };
  });
  ASSERT_TRUE(QTest::qWaitFor([&] { return begun.available() == 1; }, 5000));
  work.ask([&](const std::atomic<bool>&) -> LatestWork::Show { return [&] { shown.push_back(2); }; });
  go_on.release();
  ASSERT_TRUE(until_idle(work));
  EXPECT_TRUE(told);
  EXPECT_EQ(shown, std::vector<int>{2});
}

TEST(LatestWork, LeavesTheEventLoopAlone) {
  // While the job waits for the event loop, the event loop runs: if it were blocked, nobody would release the job.
  LatestWork work(0ms);
  QSemaphore go_on;
  Qt::HANDLE worked_in = nullptr, shown_in = nullptr;
  work.ask([&](const std::atomic<bool>&) -> LatestWork::Show {
    worked_in = QThread::currentThreadId();
    if (!go_on.tryAcquire(1, 5000)) return nullptr;
    return [&] { shown_in = QThread::currentThreadId(); };
  });
  QTimer::singleShot(20, &work, [&] { go_on.release(); });
  ASSERT_TRUE(until_idle(work));
  EXPECT_EQ(shown_in, QThread::currentThreadId());
  EXPECT_NE(worked_in, QThread::currentThreadId());
}

TEST(LatestWork, TellsWhyAJobFailed) {
  LatestWork work(0ms);
  const QSignalSpy failed(&work, &LatestWork::failed);
  work.ask([](const std::atomic<bool>&) -> LatestWork::Show { throw std::runtime_error("no room"); });
  ASSERT_TRUE(until_idle(work));
  ASSERT_EQ(failed.size(), 1);
  EXPECT_EQ(failed[0][0].toString(), QStringLiteral("no room"));
}

TEST(LatestWork, ForgetsAndGoesWithoutShowing) {
  bool shown = false;
  {
    LatestWork work(0ms);
    work.ask([&](const std::atomic<bool>&) -> LatestWork::Show { return [&] { shown = true; }; });
    work.forget();
    QTest::qWait(20);
    QSemaphore begun;
    work.ask([&](const std::atomic<bool>& stop) -> LatestWork::Show {
      begun.release();
      while (!stop) QThread::msleep(1);  // until the destructor says so
      return [&] { shown = true; };
    });
    ASSERT_TRUE(QTest::qWaitFor([&] { return begun.available() == 1; }, 5000));
  }
  QTest::qWait(20);
  EXPECT_FALSE(shown);
}

}  // namespace
}  // namespace braid
