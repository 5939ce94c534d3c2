// SPDX-License-Identifier: Apache-2.0
#include "gui/view/loader.hpp"

#include <QElapsedTimer>
#include <QMetaObject>
#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "gui/model/open_file.hpp"

namespace braid {

/// Written by its thread until that hands it back by an event; `stop` by the window.
struct Loader::Job {
  QStringList paths;
  std::atomic<bool> stop = false;
  std::thread thread;
  std::vector<std::shared_ptr<const Trace>> traces;
  QStringList failed_paths;
  QString message;  ///< a line a file
};

Loader::Loader(QObject* parent) : QObject(parent) {}

Loader::~Loader() {
  for (const std::shared_ptr<Job>& job : jobs_) job->stop = true;
  for (const std::shared_ptr<Job>& job : jobs_) job->thread.join();
}

void Loader::load(const QString& path, const QString& cache_folder) { load_all({path}, cache_folder); }

void Loader::load_all(const QStringList& paths, const QString& cache_folder) {
  cancel();
  if (paths.isEmpty()) return;
  auto job = std::make_shared<Job>();
  job->paths = paths;
  job_ = job;
  jobs_.push_back(job);
  job->thread = std::thread([this, job, cache = cache_folder.toStdString()] {
    QElapsedTimer since;
    const auto count = static_cast<double>(job->paths.size());
    for (qsizetype i = 0; i < job->paths.size() && !job->stop; ++i) {
      const QString& path = job->paths[i];
      const auto progress = [&](double share, const char* what) {
        if (!since.isValid() || since.elapsed() >= 50) {
          since.start();
          const double all = (static_cast<double>(i) + share) / count;
          QMetaObject::invokeMethod(
              this,
              [this, job, all, text = QString::fromUtf8(what)] {
                if (job == job_) emit progressed(all, text);
              },
              Qt::QueuedConnection);
        }
        return !job->stop;
      };
      try {
        std::vector<std::shared_ptr<const Trace>> traces = open_traces(path.toStdString(), cache, progress);
        job->traces.insert(job->traces.end(), traces.begin(), traces.end());
      } catch (const Cancelled&) {
        job->stop = true;
      } catch (const std::exception& e) {  // also bad_alloc: a file too large for this machine is a message as well
        const QString what = QString::fromUtf8(e.what());
        // Messages of the reader name the file already.
        job->message += (job->failed_paths.isEmpty() ? QString() : QStringLiteral("\n")) +
                        (what.contains(path) ? what : path + QStringLiteral(": ") + what);
        job->failed_paths += path;
      }
    }
    QMetaObject::invokeMethod(
        this, [this, job] { finish(job); }, Qt::QueuedConnection);
  });
}

void Loader::cancel() {
  if (!job_) return;
  job_->stop = true;
  const QString path = job_->paths.front();
  job_.reset();
  emit cancelled(path);
}

void Loader::finish(const std::shared_ptr<Job>& job) {
  job->thread.join();
  jobs_.erase(std::find(jobs_.begin(), jobs_.end(), job));
  if (job != job_) return;
  job_.reset();
  const QString path = job->paths.front();
  if (job->stop) return emit cancelled(path);
  if (job->traces.empty() && !job->failed_paths.isEmpty()) return emit failed(job->failed_paths.front(), job->message);
  if (!job->failed_paths.isEmpty()) emit passed_over(job->failed_paths, job->message);
  emit loaded(path, job->traces);
}

}  // namespace braid
