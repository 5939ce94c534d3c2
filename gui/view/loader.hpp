// SPDX-License-Identifier: Apache-2.0
// Opens files in a thread of its own, so that the window never waits for them.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

class Loader : public QObject {
  Q_OBJECT
 public:
  explicit Loader(QObject* parent = nullptr);
  ~Loader() override;  ///< cancels and waits

  bool busy() const { return job_ != nullptr; }

 public slots:
  /// Cancels what is being loaded and begins with this. `cache_folder` as for open_traces().
  void load(const QString& path, const QString& cache_folder);
  /// The runs of several files, in their order; the signals name the first of them. Files that cannot be read are
  /// passed over; where none can, failed() names the first.
  void load_all(const QStringList& paths, const QString& cache_folder);
  void cancel();

 signals:
  void progressed(double share, QString what);  ///< at most 20 times a second
  void loaded(QString path, std::vector<std::shared_ptr<const braid::Trace>> traces);
  /// Just before loaded(): the files that are not among it, and why, a line each.
  void passed_over(QStringList paths, QString message);
  void failed(QString path, QString message);  ///< one or more lines for people
  void cancelled(QString path);

 private:
  struct Job;
  void finish(const std::shared_ptr<Job>& job);

  std::shared_ptr<Job> job_;                ///< the one that is wanted
  std::vector<std::shared_ptr<Job>> jobs_;  ///< those whose threads still run
};

}  // namespace braid
