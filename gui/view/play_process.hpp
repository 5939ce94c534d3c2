// SPDX-License-Identifier: Apache-2.0
// Plays a scenario in a child process, `braid simulate`, and reads what it wrote in a thread: nothing here waits.
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QString>
#include <QTemporaryDir>
#include <QTimer>
#include <memory>
#include <vector>

#include "gui/model/what_if.hpp"
#include "gui/view/loader.hpp"

namespace braid {

class PlayProcess : public QObject {
  Q_OBJECT
 public:
  /// `program`: a path, or "" for the `braid` beside the running program, else the one on PATH.
  explicit PlayProcess(QObject* parent = nullptr, QString program = {});
  ~PlayProcess() override;  ///< ends the child

  bool running() const { return running_; }
  qint64 elapsed_ms() const { return running_ ? since_.elapsed() : 0; }
  qint64 child_id() const { return process_.processId(); }

 public slots:
  /// Not while one is running. What the child writes lies in a folder that goes with this object.
  void start(const braid::WhatIfPlay& play);
  /// Asks the child to end, kills it after a second.
  void cancel();

 signals:
  // One of the last three ends what start() began.
  void progressed(double share, QString what);
  void played(std::shared_ptr<const braid::Trace> trace);
  void failed(QString message);  ///< one or more lines for people; the child's own words where it said something
  void cancelled();

 private:
  void read_words();
  void take_line(const QByteArray& line);
  void child_ended(int code, QProcess::ExitStatus status);
  void end(const QString& message);

  QString program_;
  QProcess process_;
  Loader loader_;
  QTimer kill_;
  QElapsedTimer since_;
  std::vector<std::unique_ptr<QTemporaryDir>> folders_;
  QByteArray unread_, words_;
  bool running_ = false, unwanted_ = false;
};

}  // namespace braid
