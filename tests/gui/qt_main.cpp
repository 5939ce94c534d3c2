// SPDX-License-Identifier: Apache-2.0
// main() of tests that need Qt: no display, one font, one locale, and any warning of Qt fails the test.
#include <gtest/gtest.h>

#include <QApplication>
#include <QFont>
#include <QStandardPaths>
#include <QStyleFactory>

#include "tests/gui/timed_application.hpp"

namespace {

void fail_on_warning(QtMsgType type, const QMessageLogContext&, const QString& message) {
  // The offscreen platform cannot do these, and says so whenever a window is shown, a panel floats or a menu
  // pops up.
  if (message.contains(QStringLiteral("propagateSizeHints"))) return;
  if (message.contains(QStringLiteral("does not support raise"))) return;
  if (message.contains(QStringLiteral("does not support grabbing"))) return;
  if (type == QtWarningMsg || type == QtCriticalMsg) ADD_FAILURE() << "Qt warns: " << qPrintable(message);
  if (type == QtFatalMsg) {
    std::fputs(qPrintable(message), stderr);
    std::abort();
  }
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (const auto& [name, value] : {std::pair{"QT_QPA_PLATFORM", "offscreen"},
                                    {"QT_SCALE_FACTOR", "1"},
                                    {"LC_ALL", "C.UTF-8"},
                                    {"XDG_RUNTIME_DIR", "/tmp"}}) {
    if (!qEnvironmentVariableIsSet(name)) qputenv(name, value);
  }
  QStandardPaths::setTestModeEnabled(true);
  braid::test::TimedApplication app(argc, argv);
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QFont font(QStringLiteral("DejaVu Sans"));
  font.setPixelSize(12);
  QApplication::setFont(font);
  qInstallMessageHandler(fail_on_warning);
  return RUN_ALL_TESTS();
}
