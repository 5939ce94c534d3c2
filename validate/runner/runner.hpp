// SPDX-License-Identifier: Apache-2.0
// One interface for everything that can execute a Program: CPU threads with a virtual clock, or GPUs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/base/error.hpp"
#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "validate/runner/measured_run.hpp"

namespace braid {

struct RunRequest {
  const Program& program;  ///< must have passed check()
  const Costs& costs;      ///< prediction; the host backend's durations, a replay's absent peers, time limits
  const Cluster& cluster;
  int warm_up = 3;
  int repeats = 20;          ///< of each kind, untraced and traced
  double time_limit_s = 30;  ///< wall clock that one step may take; beyond it the run is given up and nothing is left
};

/// A step that did not end: which ops were under way or could not start, and what they waited for, each named by its
/// OpKey, the likely culprit first. Or one that was no run of its program: every issue of verify().
class RunFailed : public Error {
 public:
  explicit RunFailed(std::vector<Issue> stuck);
  const std::vector<Issue>& stuck() const { return stuck_; }

 private:
  std::vector<Issue> stuck_;
};

class Runner {
 public:
  virtual ~Runner() = default;
  /// Runs the program and checks that it ran: throws RunFailed if a step did not end in time or was not a run of the
  /// program. Whatever happens, nothing runs on when it returns.
  virtual MeasuredRun run(const RunRequest& request) = 0;
  virtual std::string placement() const = 0;
};

}  // namespace braid
