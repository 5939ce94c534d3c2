// SPDX-License-Identifier: Apache-2.0
// Work shared out over forked processes, its results handed back in order.
//
// Workers take tasks from one pipe, one after the other, so that none waits for another. One that dies, or takes too
// long or too much memory, costs its task alone: another takes its place. Workers and what they start die with their
// parent, however it ends.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/base/units.hpp"

namespace braid {

struct WorkerLimits {
  int jobs = 0;       ///< processes; 0 = one for each processor that this process may use
  Seconds time{600};  ///< for one task
  Bytes memory{4e9};  ///< of address space beyond what the parent had at the fork; 0 = no limit
};

struct TaskResult {
  std::string bytes;
  std::string fault;  ///< why there are none: "took longer than 60 s", "needs more than 4 GB", "ended by signal 11"
};

/// Processors that this process may use.
int processors();

/// Calls `work(task)` for tasks 0 .. tasks-1 in the workers, and `done(task, result)` here, in ascending order of
/// tasks. An exception out of `work` is a fault with its words. `idle` is called here before the workers start and at
/// least every 0.2 s; if it says false, the call returns at once and what the workers were at is lost. An exception out
/// of `done` or `idle` ends the workers and is thrown on. Throws Error if no worker can be started.
///
/// To be called before this process has threads. Workers hold no files of the parent but stdin, stdout and stderr, and
/// take no notice of SIGINT, SIGTERM and SIGHUP: those are the parent's to answer.
void run_in_workers(std::int64_t tasks, const WorkerLimits& limits,
                    const std::function<std::string(std::int64_t)>& work,
                    const std::function<void(std::int64_t, const TaskResult&)>& done,
                    const std::function<bool()>& idle);

}  // namespace braid
