// SPDX-License-Identifier: Apache-2.0
#include "gui/paint/row_workers.hpp"

namespace braid {

RowWorkers::RowWorkers() : thread_([this] { loop(); }) {}

RowWorkers::~RowWorkers() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  begin_.notify_one();
  thread_.join();
}

void RowWorkers::work(int worker) {
  for (std::size_t i = next_++; i < count_; i = next_++) call_(job_, i, worker);
}

void RowWorkers::run(std::size_t count, Call call, void* job) {
  {
    const std::lock_guard lock(mutex_);
    call_ = call;
    job_ = job;
    count_ = count;
    next_ = 0;
    ++round_;
    running_ = true;
  }
  begin_.notify_one();
  work(0);
  std::unique_lock lock(mutex_);
  end_.wait(lock, [this] { return !running_; });
}

void RowWorkers::loop() {
  unsigned done = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    begin_.wait(lock, [&] { return stop_ || round_ != done; });
    if (stop_) return;
    done = round_;
    lock.unlock();
    work(1);
    lock.lock();
    running_ = false;
    end_.notify_one();
  }
}

}  // namespace braid
