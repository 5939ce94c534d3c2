// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/run/worker_process.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <new>

namespace braid {
namespace {

constexpr int kFailed = 1;

/// All of it, or this worker has nobody to work for.
void write_all(int to, const void* bytes, std::size_t size) {
  const char* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t written = write(to, at, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(kFailed);
    at += written;
    size -= static_cast<std::size_t>(written);
  }
}

void send(int to, std::int64_t task, const std::string& bytes, bool fault) {
  const WorkerHeader header{.task = task, .size = bytes.size(), .fault = fault ? 1u : 0u};
  write_all(to, &header, sizeof header);
  write_all(to, bytes.data(), bytes.size());
}

double address_space() {
  double pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%lf", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * double(sysconf(_SC_PAGESIZE));
}

void limit_memory(Bytes memory) {
  if (memory <= Bytes(0)) return;
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_max, static_cast<rlim_t>(address_space() + memory.value));
  setrlimit(RLIMIT_AS, &limit);
}

void close_all_but(const WorkerPipes& pipes) {
  const auto low = static_cast<unsigned>(std::min(pipes.tasks, pipes.results));
  const auto high = static_cast<unsigned>(std::max(pipes.tasks, pipes.results));
  constexpr unsigned kFirst = STDERR_FILENO + 1;
  if (low > kFirst) close_range(kFirst, low - 1, 0);
  if (high > low + 1) close_range(low + 1, high - 1, 0);
  close_range(high + 1, ~0u, 0);
}

/// Straight from the pipe into the shared slot, so that a task is either in the pipe or in a slot. False: no more.
bool take_task(int from, WorkerSlot& slot) {
  while (true) {
    const ssize_t bytes = read(from, &slot.task, sizeof slot.task);
    if (bytes < 0 && errno == EINTR) continue;
    return bytes == ssize_t(sizeof slot.task);
  }
}

}  // namespace

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void worker_main(const WorkerPipes& pipes, int parent, WorkerSlot& slot, Bytes memory,
                 const std::function<std::string(std::int64_t)>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kFailed);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_IGN);
  close_all_but(pipes);
  limit_memory(memory);
  while (take_task(pipes.tasks, slot)) {
    std::atomic_ref(slot.started_ns).store(steady_ns());
    bool exhausted = false;
    try {
      send(pipes.results, slot.task, work(slot.task), false);
    } catch (const std::bad_alloc&) { exhausted = true; } catch (const std::exception& error) {
      send(pipes.results, slot.task, error.what(), true);
    } catch (...) { send(pipes.results, slot.task, "something was thrown that is no exception", true); }
    if (exhausted) {
      send(pipes.results, slot.task,
           memory > Bytes(0) ? "needs more than " + to_text(memory) : "needs more memory than there is", true);
      _exit(0);  // what it has kept of earlier tasks may be what the next one lacks
    }
    std::atomic_ref(slot.started_ns).store(0);
    std::atomic_ref(slot.task).store(WorkerSlot::kNone);
  }
  _exit(0);
}

}  // namespace braid
