// SPDX-License-Identifier: Apache-2.0
// When the host of a rank issues its ops: one thread launches the kernels of all of them in program order.
//
// The rule, and what it leaves out: docs/rationale/0006-host-lane.md. The engine asks it before an op starts, the
// report when it looks for causes of bubbles.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// Launches of every work at so much host time a kernel. A compute op launches its Work::kernels; a collective, a
/// message, a copy and a fixed cost are one launch. Of n equal kernels that take D in all, the first can run after its
/// own launch, and the last has D / n left after the last launch, so that lead = min(time - a launch, D - D / n).
Launches launches_of(const Program& program, const std::vector<Seconds>& duration, Seconds a_launch);

/// What is known of one pipeline rank before it is played.
struct HostPlan {
  std::vector<double> issued;         ///< by op: seconds of launches up to its last, if the host never waits
  std::vector<double> lead;           ///< by work
  std::vector<std::uint32_t> waits;   ///< ops that are issued when the messages right before them have ended
  std::vector<std::uint32_t> begins;  ///< by wait: the first of those messages

  /// The number of waits of the host at or before the op.
  std::size_t waits_up_to(std::uint32_t op) const;
};

/// Nothing is in it if launches take no time. Only programs with host_waits have waits.
HostPlan host_plan(const Program& program, int pp_rank, const Launches& launches);

/// The host of one instance of a rank while it is played: how long it has waited so far.
class HostLane {
 public:
  /// Without a plan the host is always ahead.
  HostLane() = default;
  /// The plan must outlive it.
  explicit HostLane(const HostPlan& plan);

  bool ahead() const { return plan_ == nullptr; }
  /// The earliest start of an op as far as the host is concerned, in seconds from the start of the step; infinite
  /// while it hangs on messages that have not ended.
  double earliest(std::uint32_t op, std::uint16_t work) const {
    const std::size_t waited = plan_->waits.empty() ? 0 : plan_->waits_up_to(op);
    if (waited >= delay_.size()) return std::numeric_limits<double>::infinity();
    return plan_->issued[op] + delay_[waited] - plan_->lead[work];
  }
  /// A message of this rank has ended. True if the host goes on.
  bool message_ended(std::uint32_t op, double time);

 private:
  const HostPlan* plan_ = nullptr;
  std::vector<double> delay_{0};     ///< by wait that is over, and the start: seconds behind the plan
  std::vector<std::uint32_t> open_;  ///< by wait: messages that have not ended
  std::vector<double> last_end_;     ///< by wait: of those that have
};

}  // namespace braid
