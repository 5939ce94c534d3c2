// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/workers.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <list>
#include <map>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/sweep/run/worker_process.hpp"

namespace braid {
namespace {

constexpr int kPollMs = 50;
constexpr std::int64_t kIdleNs = 150'000'000;
/// In the pipe at once: 2 KiB of the 64 that a pipe holds, so that writing never waits, and a quarter of a second of
/// work for two processors at 2 ms a task.
constexpr std::int64_t kQueued = 256;
/// Of results that wait for an earlier one.
constexpr std::size_t kMostBuffered = 256u << 20;
constexpr int kMostFruitless = 8;

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
      throw Error("workers", std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  ~Pipe() {
    shut(0);
    shut(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void shut(std::size_t end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

class SharedSlot {
 public:
  SharedSlot() : at_(mmap(nullptr, sizeof(WorkerSlot), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (at_ == MAP_FAILED) throw Error("workers", "no memory for a worker");
    new (at_) WorkerSlot;
  }
  ~SharedSlot() { munmap(at_, sizeof(WorkerSlot)); }
  SharedSlot(const SharedSlot&) = delete;
  SharedSlot& operator=(const SharedSlot&) = delete;
  WorkerSlot& slot() const { return *static_cast<WorkerSlot*>(at_); }

 private:
  void* at_;
};

struct Worker {
  Pipe results;
  SharedSlot shared;
  pid_t pid = -1;
  std::string received;                      ///< not yet a whole message
  std::int64_t overdue = WorkerSlot::kNone;  ///< the task that it was ended for

  ~Worker() {
    if (pid < 0) return;
    kill(pid, SIGKILL);
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {}
  }
};

std::string how_it_ended(int status) {
  if (WIFEXITED(status)) return fmt::format("ended with exit code {}", WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  const char* words = strsignal(number);
  return fmt::format("ended by signal {} ({})", number, words ? words : "unknown");
}

class Workers {
 public:
  using Work = std::function<std::string(std::int64_t)>;
  using Done = std::function<void(std::int64_t, const TaskResult&)>;

  Workers(std::int64_t tasks, const WorkerLimits& limits, const Work& work, const Done& done)
      : tasks_(tasks), limits_(limits), work_(work), done_(done), jobs_(limits.jobs > 0 ? limits.jobs : processors()) {
    fcntl(queue_.ends[1], F_SETFL, O_NONBLOCK);
  }

  void run(const std::function<bool()>& idle) {
    if (!idle()) return;
    std::int64_t told = steady_ns();
    while (handed_on_ < tasks_) {
      fill_queue();
      fill_crew();
      listen();
      end_overdue();
      hand_on();
      if (steady_ns() - told < kIdleNs) continue;
      if (!idle()) return;
      told = steady_ns();
    }
    // An empty pipe without a writer tells the workers to leave; those still here have nothing to lose.
  }

 private:
  void fill_queue() {
    while (!again_.empty() && put(again_.back())) again_.pop_back();
    while (next_ < tasks_ && buffered_ < kMostBuffered && queued_ - received_ < kQueued + jobs_ && put(next_)) ++next_;
  }

  /// Into the pipe. False: it is full.
  bool put(std::int64_t task) {
    if (write(queue_.ends[1], &task, sizeof task) != ssize_t(sizeof task)) return false;
    ++queued_;
    return true;
  }

  void fill_crew() {
    const std::int64_t wanted = std::min<std::int64_t>(jobs_, tasks_ - received_);
    while (static_cast<std::int64_t>(crew_.size()) < wanted) {
      if (fruitless_ > kMostFruitless + jobs_) throw Error("workers", "end as soon as they are started");
      if (!start()) return;
    }
  }

  /// False: the system gives no more, but there are others that work.
  bool start() {
    Worker& worker = crew_.emplace_back();
    std::fflush(nullptr);  // or the worker would print what the parent still holds
    const pid_t parent = getpid();
    worker.pid = fork();
    if (worker.pid == 0) {
      worker_main({.tasks = queue_.ends[0], .results = worker.results.ends[1]}, parent, worker.shared.slot(),
                  limits_.memory, work_);
    }
    if (worker.pid < 0) {
      const std::string why = std::strerror(errno);
      crew_.pop_back();
      if (crew_.empty()) throw Error("workers", "cannot start a process: " + why);
      return false;
    }
    worker.results.shut(1);
    fcntl(worker.results.ends[0], F_SETFL, O_NONBLOCK);
    return true;
  }

  void listen() {
    std::vector<pollfd> ends;
    for (const Worker& worker : crew_) ends.push_back({.fd = worker.results.ends[0], .events = POLLIN, .revents = 0});
    if (poll(ends.data(), ends.size(), kPollMs) <= 0) return;
    auto worker = crew_.begin();
    for (const pollfd& end : ends) {
      const auto next = std::next(worker);
      if (end.revents != 0 && !read_from(*worker)) bury(worker);
      worker = next;
    }
  }

  /// False: it has ended.
  bool read_from(Worker& worker) {
    std::array<char, 1 << 16> bytes;
    while (true) {
      const ssize_t count = read(worker.results.ends[0], bytes.data(), bytes.size());
      if (count < 0) {
        if (errno == EINTR) continue;
        return errno == EAGAIN;
      }
      if (count == 0) return false;
      worker.received.append(bytes.data(), static_cast<std::size_t>(count));
      take_messages(worker.received);
      if (count < ssize_t(bytes.size())) return true;
    }
  }

  void take_messages(std::string& from) {
    std::size_t at = 0;
    WorkerHeader header;
    while (from.size() - at >= sizeof header) {
      std::memcpy(&header, from.data() + at, sizeof header);
      if (from.size() - at < sizeof header + header.size) break;
      std::string bytes = from.substr(at + sizeof header, header.size);
      at += sizeof header + header.size;
      fruitless_ = 0;
      keep(header.task, header.fault ? TaskResult{.fault = std::move(bytes)} : TaskResult{.bytes = std::move(bytes)});
    }
    from.erase(0, at);
  }

  void keep(std::int64_t task, TaskResult result) {
    ++received_;
    buffered_ += result.bytes.size();
    results_.emplace(task, std::move(result));
  }
  bool known(std::int64_t task) const { return task < handed_on_ || results_.contains(task); }

  void bury(std::list<Worker>::iterator worker) {
    int status = 0;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR) {}
    worker->pid = -1;
    const std::int64_t task = std::atomic_ref(worker->shared.slot().task).load();
    if (task == WorkerSlot::kNone) {
      ++fruitless_;
    } else if (!known(task)) {
      if (worker->overdue == WorkerSlot::kNone) {
        keep(task, {.fault = how_it_ended(status)});
      } else if (worker->overdue == task) {
        keep(task, {.fault = fmt::format("took longer than {:g} s", limits_.time.value)});
      } else {
        again_.push_back(task);  // it came when the one before had just made it
        --queued_;
      }
    }
    crew_.erase(worker);
  }

  void end_overdue() {
    const std::int64_t now = steady_ns();
    for (Worker& worker : crew_) {
      WorkerSlot& slot = worker.shared.slot();
      const std::int64_t task = std::atomic_ref(slot.task).load();
      const std::int64_t started = std::atomic_ref(slot.started_ns).load();
      if (worker.overdue != WorkerSlot::kNone || started == 0 || task == WorkerSlot::kNone) continue;
      if (std::atomic_ref(slot.task).load() != task) continue;  // the time may be another task's
      if (double(now - started) * 1e-9 <= limits_.time.value) continue;
      worker.overdue = task;
      kill(worker.pid, SIGKILL);
    }
  }

  void hand_on() {
    while (!results_.empty() && results_.begin()->first == handed_on_) {
      const TaskResult result = std::move(results_.begin()->second);
      results_.erase(results_.begin());
      buffered_ -= result.bytes.size();
      done_(handed_on_++, result);
    }
  }

  std::int64_t tasks_;
  WorkerLimits limits_;
  const Work& work_;
  const Done& done_;
  int jobs_;
  Pipe queue_;
  std::list<Worker> crew_;
  std::vector<std::int64_t> again_;             ///< to be put into the pipe once more
  std::map<std::int64_t, TaskResult> results_;  ///< that wait for an earlier one
  std::size_t buffered_ = 0;                    ///< their bytes
  std::int64_t next_ = 0;                       ///< first task that was never in the pipe
  std::int64_t queued_ = 0, received_ = 0, handed_on_ = 0;
  int fruitless_ = 0;  ///< workers that ended between tasks since the last result
};

}  // namespace

int processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

void run_in_workers(std::int64_t tasks, const WorkerLimits& limits,
                    const std::function<std::string(std::int64_t)>& work,
                    const std::function<void(std::int64_t, const TaskResult&)>& done,
                    const std::function<bool()>& idle) {
  if (tasks > 0) Workers(tasks, limits, work, done).run(idle);
}

}  // namespace braid
