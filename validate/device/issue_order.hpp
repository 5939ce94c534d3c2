// SPDX-License-Identifier: Apache-2.0
// In which order one host thread enqueues the steps of all ranks of one GPU.
//
// One thread, because the driver serialises launches into one context anyway, and because ranks of one GPU hand
// messages over by events: a wait for an event must be enqueued after its record. All members of a collective are
// enqueued next to each other (PartitionRing wants it call by call). A batch of messages is cut in two: every rank
// posts first, and messages follow when all posts of their batch are enqueued.
#pragma once

#include <cstdint>
#include <vector>

#include "validate/device/instances.hpp"
#include "validate/runner/issue_plan.hpp"

namespace braid::gpu {

struct Turn {
  enum class Kind : std::uint8_t {
    op,          ///< a kernel of the rank alone
    collective,  ///< on all members of the group: they are at the same step of the same plan
    post,        ///< batched: what the steps wait for, and that they are ready
    sends,       ///< those of the steps that send: after the posts of their batches
    receives,    ///< those of the steps that receive: after the sends of their messages
  };
  Kind kind = Kind::op;
  std::uint32_t instance = 0;  ///< collective: the first member
  std::uint32_t first = 0;     ///< into RankIssue::steps
  std::uint32_t count = 1;     ///< adjacent steps
};

/// `plan` is issue_plan(program, MessageStreams::ordered). Ranks take turns, so none runs far ahead of the others.
/// Throws Error with a line for each rank that waits in a circle; a plan that passed check() has none.
std::vector<Turn> issue_order(const Program& program, const std::vector<RankIssue>& plan,
                              const std::vector<Instance>& instances);

}  // namespace braid::gpu
