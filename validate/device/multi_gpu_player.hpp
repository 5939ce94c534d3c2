// SPDX-License-Identifier: Apache-2.0
// Every rank a GPU of this node, with a host thread of its own: collectives and messages by NCCL.
//
// Untested on GPUs: no machine with several was at hand when it was written.
#pragma once

#include <atomic>
#include <exception>
#include <memory>

#include "calibrate/device/gate.hpp"
#include "validate/device/gpu_options.hpp"
#include "validate/device/op_kernels.hpp"
#include "validate/device/rank_queue.hpp"
#include "validate/device/step_player.hpp"
#include "validate/runner/runner.hpp"
#if BRAID_HAVE_NCCL
#include "validate/device/nccl_column.hpp"

namespace braid::gpu {

class MultiGpuPlayer : public StepPlayer {
 public:
  /// Throws Error when there are too few GPUs or NCCL refuses.
  MultiGpuPlayer(const GpuRunnerOptions& options, const RunRequest& request);
  ~MultiGpuPlayer() override;

  StepResult play(const StepRequest& request) override;
  const std::vector<Instance>& instances() const override { return instances_; }
  const std::vector<RankIssue>& plan() const override { return plan_; }
  const std::vector<std::vector<std::uint64_t>>& tags() const override { return tags_; }
  std::vector<Bytes> held() const override;
  std::vector<std::string> notes() const override;

 private:
  /// What lives on one GPU.
  struct Rank {
    std::vector<Stream> own;
    Stream mark{Stream::Priority::highest}, end{};
    std::unique_ptr<OpKernels> kernels;
    std::unique_ptr<RankQueue> queue;
    Gate gate;
    Event released{Event::Kind::untimed}, begin{}, finish{};
    /// enqueues; a stream is full and the step not released; all is enqueued.
    enum class State { busy, full, done };
    std::atomic<State> state{State::busy};
    std::size_t late = 0;
    std::exception_ptr failed;
  };
  void make_rank(std::uint32_t instance);
  void issue(std::uint32_t instance, const StepRequest& request);
  void enqueue(std::uint32_t instance, std::size_t first, std::size_t count, bool tagged);
  void communicate(std::uint32_t instance, const IssueStep& step);
  void open();
  std::vector<Issue> stuck() const;

  GpuRunnerOptions options_;
  const Program& program_;
  double time_limit_s_;
  std::vector<Instance> instances_;
  std::vector<RankIssue> plan_;
  std::vector<std::vector<std::uint64_t>> tags_;
  std::vector<std::unique_ptr<Rank>> ranks_;
  std::unique_ptr<NcclColumn> nccl_;
  std::atomic<bool> open_{true}, stop_{false};
  std::size_t most_late_ = 0;
};

}  // namespace braid::gpu
#endif
