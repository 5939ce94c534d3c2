// SPDX-License-Identifier: Apache-2.0
// The NCCL communicators of a program's ranks, one GPU each: of every TP and DP group, and of pipeline neighbours.
//
// NCCL runs the kernels of one communicator one after the other. Batched messages go through one communicator of the
// pipeline, each rank's batch as one group call. Eager ones may be under way together, so each direction between two
// ranks has a communicator of its own, in the order in which the sender's program posts them.
#pragma once

#include <nccl.h>

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "calibrate/comm/nccl_check.hpp"
#include "validate/device/instances.hpp"

namespace braid::gpu {

class NcclColumn {
 public:
  /// Instance i on GPU i. `ctas` bounds NCCL's blocks from both sides; 0 leaves them to NCCL.
  NcclColumn(const Program& program, const std::vector<Instance>& instances, int ctas);
  ~NcclColumn();
  NcclColumn(const NcclColumn&) = delete;
  NcclColumn& operator=(const NcclColumn&) = delete;

  struct Member {
    ncclComm_t comm = nullptr;  ///< null: a group of one
    int rank = 0;
    int size = 1;
  };
  const Member& group(std::uint32_t instance, Scope scope) const;
  /// For messages between two pipeline ranks, at the end that is `instance`; `peer` is the other's rank in it.
  struct Channel {
    ncclComm_t comm = nullptr;
    int peer = 0;
  };
  Channel channel(std::uint32_t instance, int from, int to) const;
  /// Gives up what is under way; nothing can be enqueued afterwards. Any thread.
  void abort();

 private:
  void add(const std::vector<std::uint32_t>& members, int ctas, std::vector<Member>& into);
  const std::vector<Instance>& instances_;
  bool batched_;
  std::array<std::vector<Member>, 2> groups_;                      // by scope and instance
  std::vector<Member> pipeline_;                                   // batched: by instance
  std::map<std::pair<int, int>, std::vector<Member>> directions_;  // eager: by (from, to); by instance
  std::vector<ncclComm_t*> all_;
};

}  // namespace braid::gpu
