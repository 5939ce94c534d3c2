// SPDX-License-Identifier: Apache-2.0
#include "gui/view/play_process.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

#include "sim/base/csv.hpp"

namespace braid {
namespace {

constexpr int kPatienceMs = 1000;       ///< between asking a child to end and killing it
constexpr qsizetype kMostWords = 8192;  ///< of what it says, the end of it
constexpr int kNiceness = 5;            ///< the window comes first

/// The sibling, as `braid` itself finds its own (sim/app/sibling.hpp).
QString found_program() {
  const QString beside = QCoreApplication::applicationDirPath() + QStringLiteral("/braid");
  if (QFileInfo(beside).isExecutable()) return beside;
  return QStandardPaths::findExecutable(QStringLiteral("braid"));
}

/// The only run file in the folder, or "". What else the child wrote nobody will look at.
QString run_file_in(const QString& folder) {
  QString found;
  for (const QFileInfo& file : QDir(folder).entryInfoList(QDir::Files)) {
    if (file.suffix() == QStringLiteral("braid")) {
      found = file.filePath();
    } else {
      QFile::remove(file.filePath());
    }
  }
  return found;
}

}  // namespace

PlayProcess::PlayProcess(QObject* parent, QString program)
    : QObject(parent), program_(std::move(program)), loader_(nullptr) {
  kill_.setSingleShot(true);
  process_.setStandardOutputFile(QProcess::nullDevice());
  process_.setStandardInputFile(QProcess::nullDevice());
  process_.setChildProcessModifier([] {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a window that dies leaves no simulation behind
    [[maybe_unused]] const int ignored = nice(kNiceness);
  });
  connect(&kill_, &QTimer::timeout, &process_, &QProcess::kill);
  connect(&process_, &QProcess::readyReadStandardError, this, &PlayProcess::read_words);
  connect(&process_, &QProcess::finished, this, &PlayProcess::child_ended);
  connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart) return;  // all others end in finished()
    end(tr("%1 cannot be started: %2").arg(process_.program(), process_.errorString()));
  });
  connect(&loader_, &Loader::loaded, this,
          [this](const QString& path, const std::vector<std::shared_ptr<const Trace>>& traces) {
            if (traces.empty()) return end(tr("%1: has no run in it").arg(path));
            running_ = false;
            emit played(traces.front());
          });
  connect(&loader_, &Loader::failed, this, [this](const QString&, const QString& message) {
    end(tr("What braid wrote cannot be read: %1").arg(message));
  });
}

PlayProcess::~PlayProcess() {
  process_.disconnect(this);
  if (process_.state() == QProcess::NotRunning) return;
  process_.kill();
  process_.waitForFinished(kPatienceMs);
}

void PlayProcess::start(const WhatIfPlay& play) {
  if (running_) return;
  running_ = true;
  unwanted_ = false;
  unread_.clear();
  words_.clear();
  since_.start();
  const QString program = program_.isEmpty() ? found_program() : program_;
  if (program.isEmpty()) {
    return end(tr("The program braid is neither in %1 nor on PATH.").arg(QCoreApplication::applicationDirPath()));
  }
  auto folder = std::make_unique<QTemporaryDir>(QDir::tempPath() + QStringLiteral("/braid-what-if-XXXXXX"));
  if (!folder->isValid()) return end(tr("No folder for the result: %1").arg(folder->errorString()));
  const QString scenario = folder->filePath(QStringLiteral("scenario.toml"));
  const QString profile = folder->filePath(QStringLiteral("profile.csv"));
  QStringList arguments{QStringLiteral("simulate"),   scenario,
                        QStringLiteral("--schedule"), QString::fromStdString(play.run),
                        QStringLiteral("--out"),      folder->filePath(QStringLiteral("out")),
                        QStringLiteral("--quiet"),    QStringLiteral("--progress")};
  try {
    write_file(scenario.toStdString(), play.scenario);
    if (!play.profile.empty()) {
      write_file(profile.toStdString(), play.profile);
      arguments << QStringLiteral("--set") << QStringLiteral("profile=") + profile;
    }
  } catch (const Error& error) { return end(QString::fromUtf8(error.what())); }
  for (const Override& o : play.overrides) {
    arguments << QStringLiteral("--set")
              << QString::fromStdString(o.path) + QLatin1Char('=') + QString::fromStdString(o.value);
  }
  folders_.push_back(std::move(folder));
  process_.start(program, arguments, QIODevice::ReadOnly);
}

void PlayProcess::cancel() {
  if (!running_ || unwanted_) return;
  unwanted_ = true;
  if (process_.state() == QProcess::NotRunning) {
    loader_.cancel();
    return end({});
  }
  process_.terminate();
  kill_.start(kPatienceMs);
}

void PlayProcess::read_words() {
  // Of a flood the end is enough.
  unread_ = (unread_ + process_.readAllStandardError()).right(4 * kMostWords);
  qsizetype from = 0;
  for (qsizetype at = unread_.indexOf('\n'); at >= 0; at = unread_.indexOf('\n', from)) {
    take_line(unread_.mid(from, at - from));
    from = at + 1;
  }
  unread_.remove(0, from);
}

void PlayProcess::take_line(const QByteArray& line) {
  const QList<QByteArray> parts = line.split(' ');
  bool is_number = false;
  const double share = parts.size() > 1 && parts[0] == "progress" ? parts[1].toDouble(&is_number) : 0;
  if (is_number) return emit progressed(qBound(0.0, share, 1.0), QString::fromUtf8(parts.mid(2).join(' ')));
  words_ += line + '\n';
  if (words_.size() > 2 * kMostWords) words_ = words_.right(kMostWords);
}

void PlayProcess::child_ended(int code, QProcess::ExitStatus status) {
  kill_.stop();
  read_words();
  if (!unread_.isEmpty()) take_line(unread_);
  QString said = QString::fromUtf8(words_.right(kMostWords)).trimmed();
  if (said.startsWith(QStringLiteral("braid: "))) said.remove(0, 7);
  // The folder is this object's own: people read from the key on.
  const QString folder = folders_.back()->path() + QLatin1Char('/');
  said.remove(folder + QStringLiteral("scenario.toml: ")).remove(folder);
  if (unwanted_) return end({});
  if (status == QProcess::CrashExit) {
    const QString why =
        code == SIGKILL ? tr("braid was killed (out of memory?)") : tr("braid ended by signal %1").arg(code);
    return end(said.isEmpty() ? why : why + QLatin1Char('\n') + said);
  }
  if (code != 0) return end(said.isEmpty() ? tr("braid failed with exit code %1").arg(code) : said);
  const QString file = run_file_in(folders_.back()->filePath(QStringLiteral("out")));
  if (file.isEmpty()) return end(tr("braid has ended and left no run file behind"));
  emit progressed(1, tr("reading"));
  loader_.load(file, {});
}

void PlayProcess::end(const QString& message) {
  running_ = false;
  if (unwanted_) return emit cancelled();
  emit failed(message);
}

}  // namespace braid
