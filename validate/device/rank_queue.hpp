// SPDX-License-Identifier: Apache-2.0
// The streams of one rank while a step is enqueued: what waits for what, how far the host is ahead, which ops have
// ended.
#pragma once

#include <cuda_runtime.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "calibrate/device/stream.hpp"
#include "validate/device/instances.hpp"
#include "validate/device/launch_queue.hpp"
#include "validate/runner/diagnose.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid::gpu {

class RankQueue {
 public:
  /// A stream for each of plan.streams; several may be one. The program and the plan must outlive it.
  RankQueue(const Program& program, const RankProgram& rank, const RankIssue& plan, std::vector<cudaStream_t> streams);

  /// Nothing of this step is enqueued yet; all streams wait for `released`.
  void begin_step(cudaEvent_t released);
  /// Whether the step fits on its stream without the host being blocked; looks at what has ended.
  bool fits(const IssueStep& step);
  /// The stream waits for what the step waits for.
  void wait(const IssueStep& step) const;
  /// Everything of the step is enqueued.
  void record(const IssueStep& step);
  /// All streams are waited for by `end`.
  void end_step(cudaStream_t end);

  cudaStream_t stream(const IssueStep& step) const { return streams_[step.stream]; }
  cudaEvent_t ended_event(std::uint32_t op) const { return ended_[op]; }
  /// Whether all of an op's work is done; any thread may ask.
  bool ended(std::uint32_t op) const;
  /// Whether everything before the step has ended: the GPU could have started it before the host enqueued it.
  bool host_is_late(const IssueStep& step, std::uint32_t step_index) const;
  /// For diagnose().
  InstanceProgress progress(const Instance& instance) const;
  const RankProgram& rank() const { return rank_; }
  const RankIssue& plan() const { return plan_; }

 private:
  std::uint32_t entries_of(const IssueStep& step) const;
  const Program& program_;
  const RankProgram& rank_;
  const RankIssue& plan_;
  std::vector<cudaStream_t> streams_;
  std::vector<Event> ended_, tails_;               // by op; by stream
  std::unique_ptr<std::atomic<bool>[]> enqueued_;  // by op: the event is this step's
  std::vector<std::uint32_t> before_;              // by step: the step before it on its stream
  std::vector<std::size_t> room_of_;  // by stream of the plan: into queue_, one for those that are the same
  LaunchQueue queue_;
};

}  // namespace braid::gpu
