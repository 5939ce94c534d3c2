// SPDX-License-Identifier: Apache-2.0
// Opens files in a thread of its own, so that the window never waits for them.
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <memory>
#include <vector>

#include "gui/model/trace.hpp"

namespace braid {

class Loader : public QObject {
  Q_OBJECT
 public:
  explicit Loader(QObject* parent = nullptr);
  ~Loader() override;  ///< cancels and waits

  bool busy() const { return busy_; }

 public slots:
  /// Cancels what is being loaded and begins with this. `cache_folder` as for open_traces().
  void load(const QString& path, const QString& cache_folder);
  void cancel();

 signals:
  void progressed(double share, QString what);
  void loaded(QString path, std::vector<std::shared_ptr<const Trace>> traces);
  void failed(QString path, QString message);  ///< one or more lines for people
  void cancelled(QString path);

 private:
  struct Job;
  std::shared_ptr<Job> job_;
  bool busy_ = false;
};

}  // namespace braid
