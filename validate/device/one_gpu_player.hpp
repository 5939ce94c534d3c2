// SPDX-License-Identifier: Apache-2.0
// All ranks of a program on one GPU: on SM partitions of it, or one rank alone with stand-ins for its peers.
//
// Collectives between partitions are a PartitionRing of each group; messages a copy by the sender into the receiver's
// memory, for which the receiver waits in its streams' front end and holds no SM. Stand-ins of a replay: a kernel that
// holds the SMs of a collective or message for its time (hold_sms), and a PeerClock for what the peers start.
//
// What could keep it from ending, and why it does not. A ring spins until all members run: they are enqueued next to
// each other, on streams whose queues have room, on SMs that only kernels which end by themselves can hold before them
// (check() keeps half of each partition from communication). A copy, a stand-in and a compute kernel wait for nothing
// once they run. Waits for events are enqueued after their records (issue_order). What takes memory or loads a kernel
// is over before a step is gated: constructors load every kernel, and the first warm-up step is not gated.
#pragma once

#include <memory>
#include <optional>

#include "calibrate/comm/partition_ring.hpp"
#include "calibrate/device/gate.hpp"
#include "calibrate/device/partition.hpp"
#include "validate/device/gpu_options.hpp"
#include "validate/device/issue_order.hpp"
#include "validate/device/op_kernels.hpp"
#include "validate/device/peer_clock.hpp"
#include "validate/device/rank_queue.hpp"
#include "validate/device/replay_ops.hpp"
#include "validate/device/step_player.hpp"
#include "validate/runner/runner.hpp"

namespace braid::gpu {

class OneGpuPlayer : public StepPlayer {
 public:
  /// On the current GPU. Throws Error when the program does not fit on it.
  OneGpuPlayer(const GpuRunnerOptions& options, const RunRequest& request);
  ~OneGpuPlayer() override;

  StepResult play(const StepRequest& request) override;
  std::vector<HostSpan> host_spans() override;
  const std::vector<Instance>& instances() const override { return instances_; }
  const std::vector<RankIssue>& plan() const override { return plan_; }
  const std::vector<std::vector<std::uint64_t>>& tags() const override { return tags_; }
  bool sender_writes() const override { return !replay(); }
  std::vector<Bytes> held() const override;
  std::vector<std::string> notes() const override;

  /// "" while all ranks' weights and gradients are numbers, else a note that they are not. With nothing running.
  std::string sanity_note() const;

  /// For those who time ops by themselves.
  const OpKernels& kernels(std::uint32_t instance) const { return *kernels_[instance]; }
  cudaStream_t compute_stream(std::uint32_t instance) const { return streams_[instance].front(); }
  /// The stream of an op's step.
  cudaStream_t stream_of(std::uint32_t instance, std::uint32_t op) const { return stream_of_op_[instance][op]; }
  /// Enqueues a collective on all members of the group that the instance is in; nothing for a group of one.
  void enqueue_collective(std::uint32_t instance, std::uint32_t op);
  /// Enqueues the copy of a send; on stream_of(instance, op) unless it is to run beside another.
  void enqueue_send(std::uint32_t instance, std::uint32_t op, cudaStream_t stream);
  /// False when a ring gave up since the last call; it is ready again then.
  bool rings_sound();

 private:
  struct Ring {
    std::unique_ptr<PartitionRing> ring;
    std::vector<std::uint32_t> members;
  };
  class Watch;
  bool replay() const { return options_.placement == GpuPlacement::replay; }
  void make_streams();
  void make_rings();
  void find_peer_waits();
  const Ring& ring_of(std::uint32_t instance, Scope scope) const;
  const Op& op_of(std::uint32_t instance, std::uint32_t op) const {
    return program_.ranks[static_cast<std::size_t>(instances_[instance].pp)].ops[op];
  }
  const IssueStep& step(std::uint32_t instance, std::uint32_t index) const {
    return plan_[static_cast<std::size_t>(instances_[instance].pp)].steps[index];
  }
  void make_room(std::uint32_t instance, const IssueStep& step, Watch& watch);
  void take_turn(const Turn& turn, Watch& watch);
  void turn_op(const Turn& turn, Watch& watch);
  void turn_collective(const Turn& turn, Watch& watch);
  void turn_post(const Turn& turn);
  void turn_sends(const Turn& turn, Watch& watch);
  void turn_receives(const Turn& turn, Watch& watch);
  void wait_for_posts(std::uint32_t instance, const Turn& turn, cudaStream_t stream);
  void open();
  StepResult play_step(const StepRequest& request);
  [[noreturn]] void give_up();
  /// Ends whatever runs or waits; false when the GPU stays busy all the same.
  bool end_all();
  bool omits(std::uint32_t instance, std::uint32_t op) const;

  GpuRunnerOptions options_;
  const Program& program_;
  const Costs& costs_;
  double time_limit_s_;
  std::vector<Instance> instances_;
  std::vector<RankIssue> plan_;
  std::vector<Turn> order_;
  std::vector<std::vector<std::uint64_t>> tags_;
  std::unique_ptr<Partitions> partitions_;
  std::vector<Stream> own_streams_;
  Stream mark_{Stream::Priority::highest}, end_{}, control_{};
  std::vector<std::vector<cudaStream_t>> streams_;  // by instance and plan stream
  std::vector<std::unique_ptr<OpKernels>> kernels_;
  std::vector<std::unique_ptr<RankQueue>> queues_;
  std::vector<Ring> rings_;
  std::vector<std::vector<cudaStream_t>> beside_;        // by instance: for the second and further sends of a batch
  std::vector<Event> sent_;                              // by instance: a send beside another
  std::vector<std::vector<Event>> posts_;                // by instance and plan group
  std::vector<std::vector<std::uint32_t>> group_of_op_;  // by instance and op: the group of its step
  std::vector<std::vector<cudaStream_t>> stream_of_op_;  // by instance and op
  std::vector<std::vector<std::uint32_t>> messages_of_;  // by batch
  std::vector<PeerWait> peer_waits_;                     // replay
  std::vector<std::uint32_t> peer_wait_of_;              // replay: by op, into peer_waits_, or none
  std::unique_ptr<PeerClock> clock_;
  Gate gate_;
  Event released_{Event::Kind::untimed}, begin_{}, finish_{};
  bool open_ = true, tagged_ = false;
  std::size_t late_ = 0, most_late_ = 0;
};

}  // namespace braid::gpu
