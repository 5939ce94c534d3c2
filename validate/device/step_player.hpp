// SPDX-License-Identifier: Apache-2.0
// One step of a program on GPUs, again and again: what the placements have in common.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/units.hpp"
#include "validate/device/instances.hpp"
#include "validate/device/step_timeline.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid::gpu {

struct StepRequest {
  std::uint64_t mark = 0;  ///< tag of the release and, with it, OpKey tags on all ops; 0: nothing is recorded
  bool gated = true;       ///< the step begins when it is enqueued, or as far as a stream takes it; else at once
};

struct StepResult {
  Seconds time;                  ///< from the release to the end of the last op, by events
  std::size_t late = 0;          ///< compute ops that the GPU could have started before the host enqueued them
  bool released_by_host = true;  ///< false: the gate's own limit came first
};

class StepPlayer {
 public:
  virtual ~StepPlayer() = default;
  /// Throws RunFailed, with nothing left running, when the step does not end in time.
  virtual StepResult play(const StepRequest& request) = 0;
  /// Of the step just played: what has a time without a kernel.
  virtual std::vector<HostSpan> host_spans() { return {}; }
  virtual const std::vector<Instance>& instances() const = 0;
  virtual const std::vector<RankIssue>& plan() const = 0;
  /// By instance and op; ops that one launch serves share a tag.
  virtual const std::vector<std::vector<std::uint64_t>>& tags() const = 0;
  virtual bool sender_writes() const { return false; }
  virtual std::vector<Bytes> held() const = 0;  ///< by instance
  virtual std::vector<std::string> notes() const = 0;
};

/// tag_of every op with the instance's rank. Throws Error for two ops of one name.
std::vector<std::vector<std::uint64_t>> op_tags(const Program& program, const std::vector<Instance>& instances);

/// Whether the host stayed ahead, with the most ops of one step that it came late with.
std::string ahead_note(std::size_t most_late);

}  // namespace braid::gpu
