// SPDX-License-Identifier: Apache-2.0
// Faults that the host backend plays on purpose, to show that each is found, named and cleaned up.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "validate/runner/issue_plan.hpp"

namespace braid {

enum class FaultKind : std::uint8_t {
  rank_dies,         ///< the rank's process is gone when the op would start; nothing of it starts or ends any more
  message_lost,      ///< both ends are posted, the bytes never come
  collective_stuck,  ///< all members come, it never ends
  op_hangs,          ///< its thread runs on in real time until it is told to stop
  op_dropped,        ///< wrong program: the rank never enqueues it
  ops_swapped,       ///< wrong program: the rank enqueues it after the next one of its stream
  waits_ignored,     ///< wrong program: it starts without what it depends on
};

struct Fault {
  FaultKind kind = FaultKind::rank_dies;
  int rank = 0;          ///< as in the timeline: a GPU if the run is unfolded, else a pipeline rank
  std::uint32_t op = 0;  ///< into the ops of its pipeline rank; unless `key` is given
  std::string key;       ///< the op whose OpKey reads so
};

/// What a rank enqueues if faults make its program a wrong one: not what the others expect of it.
RankIssue with_faults(RankIssue issue, const std::vector<Fault>& faults, int rank);

/// "dies:rank=2,at=40", "lost:rank=0,at=send mb3 chunk0", with dies, lost, stuck, hangs, drops, swaps or early. Throws
/// Error("--fault", ...) that says what would do.
Fault parse_fault(const std::string& text);

}  // namespace braid
