// SPDX-License-Identifier: Apache-2.0
// What host_step.hpp plays, from inside: host_step.cpp has the threads, host_ops.cpp what happens to ops.
//
// All but run() is called with the clock's mutex held, or before the first thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <thread>
#include <vector>

#include "validate/runner/host_gpu.hpp"
#include "validate/runner/host_step.hpp"

namespace braid {

/// Ops of lane pp are streams of their own, carried by the clock.
inline bool is_carried(const Op& op) { return op.lane == Lane::pp; }

class HostStep {
 public:
  explicit HostStep(const HostStepInput& input);
  HostStepResult run();

 private:
  using Lock = VirtualClock::Lock;
  using Stream = HostStream;
  using Gpu = HostGpu;

  bool is_faulty(FaultKind kind, const Gpu& gpu, std::uint32_t op) const {
    return std::ranges::any_of(
        in_.faults, [&](const Fault& f) { return f.kind == kind && f.rank == gpu.place->rank && f.op == op; });
  }
  const Op& op_of(const Gpu& gpu, std::uint32_t op) const { return gpu.rank->ops[op]; }
  const WorkItem& work_of(const Gpu& gpu, std::uint32_t op) const { return in_.program.works[op_of(gpu, op).work]; }
  /// A host whose launches take no time is ahead whatever it waits for.
  bool host_waits() const { return in_.program.host_waits && !in_.costs.launches.empty(); }

  // host_step.cpp: before the step, and its threads
  void prepare(std::size_t i);
  void start_threads();
  void enqueue_all(Lock& lock, Gpu& gpu);
  void play(Lock& lock, Gpu& gpu, Stream& stream);
  /// False if the thread has nothing more to do.
  bool run_op(Lock& lock, Gpu& gpu, Stream& stream, std::uint32_t op);
  /// A kernel that spins in real time, until somebody gives up. The others go on as far as they can.
  bool hang(Lock& lock);

  // host_ops.cpp
  /// Whether the rank is dead, by now or of this op.
  bool dies(Gpu& gpu, std::uint32_t op) const;
  void over(Gpu& gpu, std::uint32_t op);
  void under_way(Gpu& gpu, std::uint32_t op);
  /// Its interval begins. A communication that moves nothing disturbs nobody.
  void started(Gpu& gpu, std::uint32_t op, bool moves = true);
  void finish(Gpu& gpu, std::uint32_t op);
  void start_timed(Gpu& gpu, std::uint32_t op);
  void look_at_end(Gpu& gpu);
  double slow_by(const Gpu& gpu, std::uint32_t op) const;
  /// Communication starts or stops beside what the GPU computes.
  void sound(Gpu& gpu, std::uint32_t op, bool starts);
  void come_to_collective(Gpu& gpu, std::uint32_t op);
  void enqueue_carried(Gpu& gpu, std::uint32_t op);
  void met(Gpu& gpu, std::uint32_t op);
  void post(Gpu& gpu, std::uint32_t op);
  void start_message(const Gpu& of_column, std::uint32_t number);
  void settle() {
    for (Gpu& gpu : gpus_) gpu.memory.settle();
  }

  const HostStepInput& in_;
  VirtualClock clock_;
  std::vector<Gpu> gpus_;
  std::vector<std::vector<std::uint32_t>> messages_of_;  ///< by batch
  std::vector<std::vector<std::uint32_t>> posts_left_;   ///< by batch, at the first instance of a copy of the pipeline
  std::vector<std::jthread> threads_;                    ///< last: they end before what they use
};

}  // namespace braid
