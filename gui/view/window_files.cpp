// SPDX-License-Identifier: Apache-2.0
// Files of the window: opening, dropping, sessions, settings.
#include <QAction>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QFileSystemWatcher>
#include <QLineEdit>
#include <QMimeData>
#include <QSaveFile>
#include <QSettings>
#include <QTimer>
#include <QUrl>
#include <algorithm>

#include "gui/model/open_file.hpp"
#include "gui/view/loader.hpp"
#include "gui/view/main_window.hpp"
#include "gui/view/message_bar.hpp"
#include "gui/view/start_page.hpp"
#include "gui/view/sweep_view.hpp"
#include "gui/view/timeline_view.hpp"
#include "sim/base/error.hpp"
#include "sim/timeline/run_file.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostShown = 3;
constexpr int kMostRecent = 10;
/// Of the docks and tool bars; a layout of another number is passed over.
constexpr int kWindowLayout = 1;
constexpr qint64 kLargestSession = 4 << 20;

QString setting(const char* name) { return QString::fromLatin1(name); }

}  // namespace

void MainWindow::open(const QStringList& paths) {
  if (paths.isEmpty()) return;
  beside_ = false;
  wanted_session_.reset();
  QStringList runs, faults;
  for (const QString& path : paths) {
    try {
      switch (kind_of_file(path.toStdString())) {
        case FileKind::session:
          if (paths.size() == 1) return open_session(path);
          faults += tr("%1: a kept view is opened alone").arg(path);
          break;
        case FileKind::sweep_store:
          if (paths.size() == 1) return sweep_->open(path);
          faults += tr("%1: a sweep is opened alone").arg(path);
          break;
        default:
          runs += path;
      }
    } catch (const std::exception& e) { faults += QString::fromUtf8(e.what()); }
  }
  if (runs.isEmpty()) return say(faults.join(u'\n'));
  begin_load(runs);
  passed_over_ = faults.join(u'\n');
}

void MainWindow::open_beside(const QStringList& paths) {
  if (paths.isEmpty()) return;
  if (state_->documents().empty()) return open(paths);
  beside_ = true;
  wanted_session_.reset();
  begin_load(paths);
}

void MainWindow::begin_load(const QStringList& paths) {
  wanted_files_ = paths;
  passed_over_.clear();
  loader_->load_all(paths, places_.cache_folder);  // hides the bar of what it cancels
  load_bar_->start(paths.front());
}

void MainWindow::reload() {
  if (files_.isEmpty()) return;
  const Session now = session();
  beside_ = false;
  wanted_session_ = now;
  begin_load(files_);
}

void MainWindow::take_traces(std::vector<std::shared_ptr<const Trace>> traces) {
  load_bar_->hide();
  messages_->hide();
  if (std::exchange(sweep_alone_, false)) findChild<QDockWidget*>(QStringLiteral("sweep"))->hide();
  std::vector<std::shared_ptr<const Trace>> wanted;
  if (beside_) {
    for (const ViewState::Document& document : state_->documents()) wanted.push_back(document.trace);
    runs_.insert(runs_.end(), traces.begin(), traces.end());
    files_ += wanted_files_;
  } else {
    runs_ = traces;
    files_ = wanted_files_;
  }
  wanted.insert(wanted.end(), traces.begin(), traces.end());
  QStringList notes;
  if (!passed_over_.isEmpty()) notes += passed_over_;
  if (wanted.size() > kMostShown) {
    notes += tr("There are %1 runs; %2 are shown. The others are in the menu View, Runs.")
                 .arg(wanted.size())
                 .arg(kMostShown);
    wanted.resize(kMostShown);
  }
  if (!notes.isEmpty()) messages_->show_message(notes.join(u'\n'));
  if (wanted_session_ && !passed_over_.isEmpty()) {
    // Which of its documents are of the files that are left is not known.
    wanted_session_->documents.clear();
    wanted_session_->selected.reset();
  }
  show_runs(std::move(wanted));
  for (const QString& path : wanted_files_) remember(path);
  watch();
  if (wanted_session_) apply(*std::exchange(wanted_session_, std::nullopt));
  emit opened();
}

void MainWindow::show_runs(std::vector<std::shared_ptr<const Trace>> runs) {
  const std::vector<ViewState::Document> before = state_->documents();
  state_->show(std::move(runs));
  for (std::size_t i = 0; i < state_->documents().size(); ++i) {
    const auto kept = std::find_if(before.begin(), before.end(), [&](const ViewState::Document& old) {
      return old.trace == state_->documents()[i].trace;
    });
    if (kept != before.end()) state_->lay_out(i, kept->layout);
  }
  take_layout_options();
}

Session MainWindow::session() const {
  Session session;
  for (const QString& file : files_) session.files.push_back(QFileInfo(file).absoluteFilePath().toStdString());
  session.range = state_->range();
  for (std::size_t i = 0; i < state_->documents().size(); ++i) {
    const ViewState::Document& document = state_->documents()[i];
    // A what-if is in no file; the run in its place is as good as any.
    const auto at = std::find(runs_.begin(), runs_.end(), document.trace);
    session.documents.push_back({.layout = document.layout,
                                 .shift = document.shift,
                                 .run = at == runs_.end() ? i : static_cast<std::size_t>(at - runs_.begin())});
  }
  const ViewState::Selected selected = state_->selected();
  if (selected.span != kNoIndex && selected.document < state_->documents().size()) {
    const RunView& run = state_->documents()[selected.document].trace->run();
    if (!run.key.empty()) session.selected = {.document = selected.document, .key = run.key[selected.span]};
  }
  session.palette = state_->theme().palette == PaletteKind::papers ? "papers" : "colour_blind_safe";
  session.light = state_->theme().light == Light::night ? "night" : "day";
  session.pixel_mode = state_->mode() == PixelMode::blend ? "blend" : "share";
  session.flows = state_->flows();
  session.critical_path = state_->critical_path();
  session.window = saveState(kWindowLayout).toBase64().toStdString();
  return session;
}

QStringList MainWindow::write_results_beside(const QString& view, std::vector<std::string>& files) const {
  const auto& documents = state_->documents();
  // Points of a sweep are in no file either, and then files_ is empty.
  const auto lasts = [&](const ViewState::Document& one) { return one.what_if.empty() && !files_.isEmpty(); };
  QStringList written;
  if (std::all_of(documents.begin(), documents.end(), lasts)) return written;
  files.clear();
  const QFileInfo beside(view);
  for (const ViewState::Document& document : documents) {
    if (lasts(document)) {
      files.push_back(QFileInfo(QString::fromStdString(document.trace->path())).absoluteFilePath().toStdString());
      continue;
    }
    const QString number = written.isEmpty() ? QString() : QStringLiteral("-%1").arg(written.size() + 1);
    written += beside.completeBaseName() + QStringLiteral("-what-if") + number + QStringLiteral(".braid");
    files.push_back(beside.absoluteDir().filePath(written.back()).toStdString());
    write_run_file(document.trace->run(), files.back());
  }
  return written;
}

void MainWindow::save_session(const QString& path) {
  Session kept = session();
  QStringList written;
  try {
    written = write_results_beside(path, kept.files);
  } catch (const Error& e) { return say(QString::fromUtf8(e.what())); }
  if (kept.files.empty()) return say(tr("What is shown is in no file yet, so a kept view could not name it."));
  // Relative where that stays within the folder, so that both can be moved together.
  const QDir folder = QFileInfo(path).absoluteDir();
  for (std::string& file : kept.files) {
    const QString relative = folder.relativeFilePath(QString::fromStdString(file));
    if (!relative.startsWith(QStringLiteral(".."))) file = relative.toStdString();
  }
  QSaveFile out(path);
  const QByteArray text = QByteArray::fromStdString(to_json(kept));
  if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size() || !out.commit())
    return say(tr("%1: cannot be written: %2").arg(path, out.errorString()));
  remember(path);
  if (!written.isEmpty())
    messages_->show_message(tr("%1: what is shown was in no file of its own; it is kept beside the view, in %2")
                                .arg(path, written.join(QStringLiteral(", "))));
}

void MainWindow::open_session(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return say(tr("%1: cannot be read: %2").arg(path, file.errorString()));
  if (file.size() > kLargestSession) return say(tr("%1: is too large for a kept view").arg(path));
  try {
    Session kept = parse_session(file.readAll().toStdString(), path.toStdString());
    if (kept.files.empty()) return say(tr("%1: names no files").arg(path));
    QStringList files;
    for (const std::string& name : kept.files)
      files += QFileInfo(path).absoluteDir().absoluteFilePath(QString::fromStdString(name));
    beside_ = false;
    wanted_session_ = std::move(kept);
    begin_load(files);
    remember(path);
  } catch (const Error& e) { say(QString::fromUtf8(e.what())); }
}

void MainWindow::apply(const Session& session) {
  std::vector<std::shared_ptr<const Trace>> shown;
  for (const Session::View& view : session.documents) {
    if (view.run < runs_.size() && std::find(shown.begin(), shown.end(), runs_[view.run]) == shown.end())
      shown.push_back(runs_[view.run]);
  }
  // With a run gone, the first ones are shown.
  const auto is = [](const std::shared_ptr<const Trace>& trace, const ViewState::Document& document) {
    return trace == document.trace;
  };
  if (!shown.empty() && shown.size() == session.documents.size() &&
      !std::equal(shown.begin(), shown.end(), state_->documents().begin(), state_->documents().end(), is))
    show_runs(std::move(shown));
  look(session.palette == "papers" ? PaletteKind::papers : PaletteKind::colour_blind_safe,
       session.light == "night" ? Light::night : Light::day,
       session.pixel_mode == "blend" ? PixelMode::blend : PixelMode::share);
  flows_->setChecked(session.flows);
  critical_->setChecked(session.critical_path);
  if (!session.window.empty())
    restoreState(QByteArray::fromBase64(QByteArray::fromStdString(session.window)), kWindowLayout);
  if (!session.documents.empty()) {
    const LayoutOptions& first = session.documents.front().layout;
    fold_tp_->setChecked(first.fold_tp_peers);
    fold_dp_->setChecked(first.fold_dp_replicas);
    only_active_->setChecked(first.only_active);
    filter_->setText(QString::fromStdString(first.filter));
  }
  for (std::size_t i = 0; i < std::min(session.documents.size(), state_->documents().size()); ++i) {
    if (session.documents[i].shift != state_->documents()[i].shift) state_->shift(i, session.documents[i].shift);
    state_->lay_out(i, session.documents[i].layout);
  }
  if (session.range.length() > 0) state_->go_to(session.range);
  if (session.selected && session.selected->document < state_->documents().size()) {
    const RunView& run = state_->documents()[session.selected->document].trace->run();
    const auto found = std::find(run.key.begin(), run.key.end(), session.selected->key);
    if (found != run.key.end())
      state_->select(session.selected->document, static_cast<std::uint32_t>(found - run.key.begin()));
  }
}

void MainWindow::greet() {
  const bool first = !settings_->value(setting("greeted"), false).toBool();
  settings_->setValue(setting("greeted"), true);
  if (first && QFileInfo::exists(places_.example)) open({places_.example});
}

void MainWindow::remember(const QString& path) {
  if (QFileInfo(path) == QFileInfo(places_.example)) return;
  const QString whole = QFileInfo(path).absoluteFilePath();
  QStringList files = recent();
  files.removeAll(whole);
  files.prepend(whole);
  while (files.size() > kMostRecent) files.removeLast();
  settings_->setValue(setting("recent"), files);
  start_->show_recent(files, QFileInfo::exists(places_.example));
}

QStringList MainWindow::recent() const { return settings_->value(setting("recent")).toStringList(); }

void MainWindow::watch() {
  const QStringList watched = watcher_->files();
  if (!watched.isEmpty()) watcher_->removePaths(watched);
  for (const QString& path : files_) {
    if (QFileInfo(path).isFile()) watcher_->addPath(path);
  }
}

void MainWindow::read_settings() {
  start_->show_recent(recent(), QFileInfo::exists(places_.example));
  restoreGeometry(settings_->value(setting("geometry")).toByteArray());
  arranged_ = restoreState(settings_->value(setting("window")).toByteArray(), kWindowLayout);
  const auto is = [this](const char* name, const char* value) {
    return settings_->value(setting(name)).toString() == QLatin1String(value);
  };
  look(is("palette", "papers") ? PaletteKind::papers : PaletteKind::colour_blind_safe,
       is("light", "night") ? Light::night : Light::day,
       is("pixel_mode", "blend") ? PixelMode::blend : PixelMode::share);
}

void MainWindow::keep_settings() {
  const Session now = session();
  settings_->setValue(setting("geometry"), saveGeometry());
  settings_->setValue(setting("window"), saveState(kWindowLayout));
  settings_->setValue(setting("palette"), QString::fromStdString(now.palette));
  settings_->setValue(setting("light"), QString::fromStdString(now.light));
  settings_->setValue(setting("pixel_mode"), QString::fromStdString(now.pixel_mode));
  settings_->sync();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  keep_settings();
  loader_->cancel();
  event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  const bool files =
      !urls.isEmpty() && std::all_of(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); });
  if (files) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls()) paths += url.toLocalFile();
  event->acceptProposedAction();
  // As in file managers: with Shift it is put beside what is there.
  event->modifiers().testFlag(Qt::ShiftModifier) ? open_beside(paths) : open(paths);
}

}  // namespace braid
