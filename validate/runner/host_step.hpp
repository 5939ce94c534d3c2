// SPDX-License-Identifier: Apache-2.0
// One step of a Program on host threads: for each GPU one thread that enqueues, and one for each of its streams that
// waits for events, runs ops and records events. They meet in a virtual clock; each op takes what Costs say.
//
// Messages, each a stream of its own, are carried by the clock: a thread each would be thousands.
#pragma once

#include <vector>

#include "validate/runner/diagnose.hpp"
#include "validate/runner/fault.hpp"
#include "validate/runner/host_layout.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid {

/// Borrows everything.
struct HostStepInput {
  const Program& program;
  const Costs& costs;
  const HostLayout& layout;
  const std::vector<RankIssue>& plan;               ///< MessageStreams::free
  const std::vector<Fault>& faults;                 ///< `key` resolved to `op`, ranks played
  const std::vector<std::vector<double>>& factors;  ///< on compute times, by instance and op; empty: 1
  double time_limit_s = 0;                          ///< wall clock
};

struct HostTimes {
  std::vector<double> start, end, stretch;  ///< by op
};

struct HostStepResult {
  bool ended = false;                      ///< every op has
  bool in_time = true;                     ///< false: stopped because of the time limit
  std::vector<HostTimes> times;            ///< by instance
  std::vector<Bytes> peak;                 ///< by instance
  std::vector<InstanceProgress> progress;  ///< by instance
};

/// How many threads play_host_step starts.
std::size_t host_threads(const Program& program, const HostLayout& layout);

/// Returns when every thread has come to its end, whatever happened. Throws Error if the system gives no more threads.
HostStepResult play_host_step(const HostStepInput& input);

}  // namespace braid
