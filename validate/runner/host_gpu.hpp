// SPDX-License-Identifier: Apache-2.0
// State of one GPU while a host step is played; guarded by the clock's mutex.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "validate/runner/held_bytes.hpp"
#include "validate/runner/host_step.hpp"
#include "validate/runner/stretched_op.hpp"
#include "validate/runner/virtual_clock.hpp"

namespace braid {

/// What a stream's thread has to do and where it is.
struct HostStream {
  std::vector<const IssueStep*> steps;  ///< in order
  std::size_t enqueued = 0;
  std::uint32_t waits_for = kNoMessage;
  bool op_over = false;  ///< what its thread is running has ended
  VirtualClock::Sleeper sleeper;
};

struct HostGpu {
  std::size_t number = 0;  ///< of its instance
  const HostInstance* place = nullptr;
  const RankProgram* rank = nullptr;
  RankIssue issue;
  bool died = false;
  std::uint32_t died_before = kNoMessage;
  VirtualClock::Sleeper host;
  std::vector<std::unique_ptr<HostStream>> streams;  ///< by stream of `issue`; null: carried by the clock
  std::array<HostStream*, kLanes> stream_of_lane{};
  std::vector<OpState> state;
  std::vector<std::size_t> unmet;                         ///< carried ops: waits, and being enqueued
  std::vector<std::vector<std::uint32_t>> carried_after;  ///< by op: carried ops that wait for it
  std::vector<std::size_t> arrived;    ///< by op, in the first member of a group: members at a collective
  std::vector<std::uint32_t> beside;   ///< communication under way, ascending: sums are in one order always
  std::uint32_t running = kNoMessage;  ///< on the compute lane
  StretchedOp speed;
  double queued = 0;  ///< when the clock looks at the running op next
  HeldBytes memory;
  HostTimes times;
};

}  // namespace braid
