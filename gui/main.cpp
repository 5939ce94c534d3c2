// SPDX-License-Identifier: Apache-2.0
// The program `braid-gui`: a window, or with --export a picture of what it would show.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QDir>
#include <QIcon>
#include <QSocketNotifier>
#include <QStandardPaths>
#include <QStyleFactory>
#include <QTimer>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "gui/export_command.hpp"
#include "gui/view/main_window.hpp"
#include "gui/view/timeline_view.hpp"
#include "sim/base/error.hpp"

namespace {

constexpr int kUserMistake = 2;

struct Options {
  std::vector<std::string> files;
  bool compare = false;
  bool quit_after_paint = false;
  std::string screenshot;  ///< of the whole window, for pages about it
  braid::ExportRequest picture;
};

bool has_display() {
  for (const char* name : {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"}) {
    if (!qEnvironmentVariableIsEmpty(name)) return true;
  }
  return false;
}

/// Qt ends the program with an abort when it cannot reach the display that the environment names.
void one_line_and_out(QtMsgType type, const QMessageLogContext&, const QString& message) {
  if (type == QtFatalMsg) {
    std::fputs(
        "braid-gui: no window can be opened here: the display does not answer. Pictures need none: "
        "braid gui --export OUT.svg FILE\n",
        stderr);
    _exit(kUserMistake);
  }
  if (type == QtWarningMsg && message.contains(QStringLiteral("qt.qpa.xcb"))) return;
  if (type == QtWarningMsg && message.startsWith(QStringLiteral("QStandardPaths: "))) return;  // of folders without use
  if (type >= QtWarningMsg && !message.contains(QStringLiteral("could not connect to display")) &&
      !message.contains(QStringLiteral("Could not load the Qt platform plugin")))
    std::fprintf(stderr, "%s\n", qPrintable(message));
}

// What a signal handler may touch is global by nature.
std::atomic<int> wake_by{-1};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void on_end_wanted(int) { [[maybe_unused]] const auto written = write(wake_by, "x", 1); }

/// Ctrl+C and `kill` close the window as its user would: settings are kept, a child ends, its folder goes. The second
/// one ends at once.
void close_on_signals(QObject* owner) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  wake_by = ends[1];
  auto* awake = new QSocketNotifier(ends[0], QSocketNotifier::Read, owner);
  QObject::connect(awake, &QSocketNotifier::activated, owner, [awake] {
    awake->setEnabled(false);
    QApplication::closeAllWindows();
    QCoreApplication::quit();
  });
  struct sigaction action {};
  action.sa_handler = on_end_wanted;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    // nohup means it.
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
}

/// Next to the programs, in the build tree as where it is installed.
QString example() {
  return QDir::cleanPath(QCoreApplication::applicationDirPath() + QStringLiteral("/../share/braid/example"));
}

QString cache_folder() {
  const QString folder = QStandardPaths::writableLocation(QStandardPaths::CacheLocation);
  return !folder.isEmpty() && QDir().mkpath(folder) ? folder : QString();
}

int show_window(const Options& options) {
  braid::MainWindow window({.cache_folder = cache_folder(), .example = example()});
  QStringList files;
  for (const std::string& file : options.files) files += QString::fromLocal8Bit(QByteArray::fromStdString(file));
  if (options.quit_after_paint || !options.screenshot.empty()) {
    // For tests of the whole program: out as soon as there is a picture, or a message instead of it.
    const auto quit = [&window, file = QString::fromStdString(options.screenshot)] {
      QTimer::singleShot(file.isEmpty() ? 0 : 1500, qApp, [&window, file] {
        QCoreApplication::exit(file.isEmpty() || window.grab().save(file) ? 0 : kUserMistake);
      });
    };
    QObject::connect(&window, &braid::MainWindow::opened, &window, [&window, quit] {
      for (braid::TimelineView* view : window.timelines())
        QObject::connect(view, &braid::TimelineView::painted, &window, quit);
    });
    QObject::connect(&window, &braid::MainWindow::refused, &window, [](const QString& message) {
      std::fprintf(stderr, "braid-gui: %s\n", qPrintable(message));
      QTimer::singleShot(0, qApp, [] { QCoreApplication::exit(kUserMistake); });
    });
  }
  close_on_signals(&window);
  window.show();
  files.isEmpty() ? window.greet() : window.open(files);
  return QApplication::exec();
}

int run(int argc, char** argv) {
  CLI::App app(
      "The window of Braid: timelines of training steps, bubble by bubble.\n\n"
      "Opens run files (*.braid) of braid simulate, compare, schedule and validate, folders of them, Chrome "
      "and Kineto traces, sweep stores and kept views (*.braidview). Up to three runs are shown one above the "
      "other.",
      "braid gui");
  app.set_version_flag("--version", "braid-gui " BRAID_VERSION);
  Options options;
  braid::ExportRequest& picture = options.picture;
  app.add_option("FILES", options.files, "what to open; several are compared");
  app.add_flag("--compare", options.compare, "several files one above the other (the default)");
  app.add_option("--export", picture.out, "write a picture (.svg, .pdf, .png) and show no window")->type_name("OUT");
  app.add_option("--run", picture.run, "with --export: which run of the file, by its name")->type_name("NAME");
  app.add_option("--range", picture.range, "with --export: 10ms..20ms; of abstract runs also slots, 0..12")
      ->type_name("FROM..TO");
  app.add_option("--rows", picture.rows, "with --export: stage0-3, rank2,rank5, stage1/tp")->type_name("WORDS");
  app.add_option("--size", picture.size, "with --export: of the rows in pixels, 1600 or 1600x900")->type_name("WxH");
  app.add_option("--row-height", picture.row_height, "with --export: pixels of a row of compute")
      ->check(CLI::Range(1.0, 1000.0));
  app.add_option("--light", picture.light, "with --export: day, night");
  app.add_option("--palette", picture.palette, "with --export: colour_blind_safe, papers");
  app.add_flag("!--no-legend", picture.legend, "with --export: no legend");
  app.add_flag("--unfold", picture.unfold, "with --export: every peer and replica has its rows");
  app.add_flag("--quit-after-paint", options.quit_after_paint)->group("");
  app.add_option("--screenshot", options.screenshot)->group("");
  app.footer(
      "Examples: braid gui out/stp-12b/*.braid\n"
      "          braid gui --export out.svg --range 10ms..20ms --rows stage0-3 out/stp.braid");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);
    throw braid::Error("", std::string(e.what()) + "; see braid gui --help");
  }
  if (!picture.out.empty()) {
    if (options.files.size() != 1) throw braid::Error("--export", "name the one file that the picture is of");
    picture.file = options.files.front();
    qputenv("QT_QPA_PLATFORM", "offscreen");
  } else if (!has_display()) {
    throw braid::Error("", "no display (DISPLAY is not set); pictures need none: braid gui --export OUT.svg FILE");
  }
  qInstallMessageHandler(one_line_and_out);
  QApplication::setApplicationName(QStringLiteral("braid-gui"));
  QApplication::setOrganizationName(QStringLiteral("braid"));
  QApplication::setApplicationVersion(QStringLiteral(BRAID_VERSION));
  QApplication qt(argc, argv);
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  if (!picture.out.empty()) {
    braid::export_command(picture, cache_folder().toStdString());
    return 0;
  }
  return show_window(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const braid::Error& e) {
    std::cerr << "braid-gui: " << e.what() << '\n';
    return kUserMistake;
  } catch (const std::exception& e) {
    std::cerr << "braid-gui: unexpected: " << e.what() << '\n';
    return 1;
  }
}
