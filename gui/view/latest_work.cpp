// SPDX-License-Identifier: Apache-2.0
#include "gui/view/latest_work.hpp"

#include <exception>
#include <utility>

namespace braid {

LatestWork::LatestWork(std::chrono::milliseconds delay, QObject* parent) : QObject(parent) {
  pool_.setMaxThreadCount(1);
  timer_.setSingleShot(true);
  timer_.setInterval(delay);
  connect(&timer_, &QTimer::timeout, this, &LatestWork::begin);
}

LatestWork::~LatestWork() {
  if (stop_) *stop_ = true;
  pool_.waitForDone();
}

void LatestWork::ask(Job job) {
  next_ = std::move(job);
  if (stop_) *stop_ = true;
  if (!timer_.isActive()) timer_.start();
}

void LatestWork::forget() {
  next_ = nullptr;
  timer_.stop();
  if (stop_) *stop_ = true;
}

void LatestWork::begin() {
  if (running_ || !next_) return;
  running_ = true;
  stop_ = std::make_shared<std::atomic<bool>>(false);
  pool_.start([this, job = std::exchange(next_, nullptr), stop = stop_] {
    Show show;
    try {
      show = job(*stop);
    } catch (const std::exception& error) {
      show = [this, message = QString::fromUtf8(error.what())] { emit failed(message); };
    }
    // To this object's own queue: what is in it when the object goes is not delivered.
    QMetaObject::invokeMethod(
        this, [this, stop, show] { end(*stop, show); }, Qt::QueuedConnection);
  });
}

void LatestWork::end(bool outdated, const Show& show) {
  running_ = false;
  stop_.reset();
  if (!outdated && show) show();
  if (next_ && !timer_.isActive()) begin();
  if (!busy()) emit finished();
}

}  // namespace braid
