// SPDX-License-Identifier: Apache-2.0
// A window over run files in a folder of its own, with settings of its own.
#pragma once

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
#include "sim/sweep/store/store.hpp"
#include "tests/gui/made_run.hpp"
#include "tests/gui/view/mouse.hpp"

namespace braid {

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

}  // namespace braid
