// SPDX-License-Identifier: Apache-2.0
// Work beside the event loop of which only the newest counts: what a panel shows of a range that is being dragged.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <QTimer>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace braid {

class LatestWork : public QObject {
  Q_OBJECT
 public:
  /// Shows what a job has found; runs in the thread of this object.
  using Show = std::function<void()>;
  /// Runs in a worker; holds all that it needs. It may end early, with nothing, when `stop` becomes true.
  using Job = std::function<Show(const std::atomic<bool>& stop)>;

  /// A job begins `delay` after the first ask() since the last one; those asked for in between are never begun.
  explicit LatestWork(std::chrono::milliseconds delay, QObject* parent = nullptr);
  ~LatestWork() override;  ///< waits for the job that runs; shows nothing any more

  void ask(Job job);
  /// Nothing that was asked for is shown.
  void forget();
  bool busy() const { return running_ || next_; }

 signals:
  void failed(QString message);  ///< the job threw
  void finished();               ///< nothing runs and nothing waits

 private:
  void begin();
  void end(bool outdated, const Show& show);

  QTimer timer_;
  QThreadPool pool_;
  Job next_;
  std::shared_ptr<std::atomic<bool>> stop_;  ///< of the job that runs
  bool running_ = false;
};

}  // namespace braid
