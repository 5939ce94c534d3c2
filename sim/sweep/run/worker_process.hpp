// SPDX-License-Identifier: Apache-2.0
// What a worker process does, and what it and its parent say to each other.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/base/units.hpp"

namespace braid {

/// In memory that a worker and its parent share: what the worker is at, so that the parent knows it however the worker
/// ends.
struct WorkerSlot {
  static constexpr std::int64_t kNone = -1;
  std::int64_t task = kNone;    ///< from the moment that it leaves the pipe until its result is sent
  std::int64_t started_ns = 0;  ///< by steady_ns(); 0: not yet
};

/// In front of a result's bytes, or of the words of a fault.
struct WorkerHeader {
  std::int64_t task = 0;
  std::uint64_t size = 0;
  std::uint64_t fault = 0;  ///< 1: the bytes are words
};

/// Nanoseconds of a clock that all processes share.
std::int64_t steady_ns();

struct WorkerPipes {
  int tasks = -1;    ///< the worker's end of the pipe that all workers read tasks from, eight bytes each
  int results = -1;  ///< its end of its own
};

/// The life of a forked worker; never returns. `parent` is the process that forked it.
[[noreturn]] void worker_main(const WorkerPipes& pipes, int parent, WorkerSlot& slot, Bytes memory,
                              const std::function<std::string(std::int64_t)>& work);

}  // namespace braid
