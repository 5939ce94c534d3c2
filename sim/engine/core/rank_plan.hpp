// SPDX-License-Identifier: Apache-2.0
// One pipeline rank's ops as the event core wants them: successors instead of dependences, lanes as dependences.
//
// An ordered lane is a chain: an op waits for the one before it on its lane as for any dependence. Built once for a
// pipeline rank and shared by all its instances.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/program/program.hpp"

namespace braid {

enum class Action : std::uint8_t { timed, collective, send, recv };

struct PlannedOp {
  std::uint32_t next_begin = 0;  ///< into RankPlan::next; ends where the next op's begins
  std::uint32_t message = kNoMessage;
  std::uint16_t work = 0;
  std::uint16_t waits = 0;  ///< ops that must end before this one starts
  Action action = Action::timed;
  Lane lane = Lane::compute;
};
static_assert(sizeof(PlannedOp) == 16, "four to a cache line");

struct RankPlan {
  std::vector<PlannedOp> ops;        ///< and one more that ends the last one's successors
  std::vector<std::uint32_t> next;   ///< successors of all ops
  std::vector<std::uint32_t> roots;  ///< ops that wait for nothing

  std::uint32_t size() const { return static_cast<std::uint32_t>(ops.size() - 1); }
};

/// The program must have passed check(); a dependence on a later op is caught here once more.
RankPlan plan_rank(const Program& program, int pp_rank);

}  // namespace braid
