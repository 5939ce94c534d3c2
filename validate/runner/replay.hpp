// SPDX-License-Identifier: Apache-2.0
// One pipeline rank of a plan as a program of its own, so that a single GPU can run it: its compute ops are the plan's,
// its partners are stood for by ops of fixed cost.
//
// Assumed: peers keep to the prediction. A message starts when this rank has posted its part and no earlier than the
// predicted time at which its peers have posted theirs; it takes what Costs say for its path. The other members of a
// collective come when this rank does, and it takes its full cost. What the absent ranks would do if this one ran ahead
// or fell behind is not in a replay.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

struct Replay {
  /// Placement 1 x 1 x 1. Ops have the keys of the plan, key.rank included. Collectives and the ends of messages are of
  /// WorkKind::fixed on the lanes of the plan, with the bytes, memory and stretches of the works they stand for. Peers
  /// are a chain of fixed ops on lane pp (is_peer_delay), each of which ends at a predicted time of posting.
  Program program;
  Costs costs;
  int rank = 0;  ///< the pipeline rank of the plan
};

/// Of a program that has passed check() and a timeline of it; of an unfolded one, tensor and data parallel place 0 is
/// taken. Throws Error if the timeline is not one of the program, or the plan has no such rank. Where the host takes
/// time to launch, a delay counts as one more op to launch.
Replay replay_of(const Program& program, const Costs& costs, const Cluster& cluster, const Timeline& predicted,
                 int rank);

/// Whether the op of a replay stands for waiting for a peer: a cell on lane pp, which no lowering makes.
bool is_peer_delay(const Op& op);

/// A timeline of the replay as one of the plan: under the plan's rank, without peer delays. Holds against the
/// prediction by OpKey.
Timeline in_plan(const Replay& replay, Timeline played);

}  // namespace braid
