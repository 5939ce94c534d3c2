// SPDX-License-Identifier: Apache-2.0
// Which GPUs a host run plays: all tp * dp copies of every pipeline rank, or one that stands for them.
#pragma once

#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"

namespace braid {

/// A GPU that is played. Instances are numbered pipeline rank first, then dp, then tp.
struct HostInstance {
  int rank = 0;  ///< in the timeline: the GPU if unfolded, else the pipeline rank
  int pp = 0, tp = 0, dp = 0;
};

class HostLayout {
 public:
  /// Folded unless `unfolded` or a message takes different kinds of path in different columns. Throws Error if the
  /// cluster has too few GPUs.
  HostLayout(const Program& program, const Costs& costs, const Cluster& cluster, bool unfolded);

  bool folded() const { return tp_ * dp_ == 1; }
  const std::vector<HostInstance>& instances() const { return instances_; }
  /// In the same copy of the pipeline as `instance`.
  std::size_t pipeline_peer(std::size_t instance, int pp) const;
  /// Who meets in a collective, in ascending order; itself alone if folded.
  std::vector<std::size_t> group(std::size_t instance, Scope scope) const;
  /// How long a message takes between its GPUs in the sender's copy of the pipeline.
  Seconds message_time(std::uint32_t message, std::size_t sender) const;

 private:
  PathKind path(const Message& message, int tp, int dp) const;
  std::size_t at(int pp, int tp, int dp) const;

  const Program& program_;
  const Costs& costs_;
  const Cluster& cluster_;
  int tp_ = 1, dp_ = 1;  ///< played
  std::vector<HostInstance> instances_;
};

}  // namespace braid
