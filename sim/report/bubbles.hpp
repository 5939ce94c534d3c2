// SPDX-License-Identifier: Apache-2.0
// Why the compute lane of a rank is idle, piece by piece.
//
// The rule. A gap [a, b) before the compute op X is X waiting. Whatever waits (X, and then what X waits for) waits for
// its dependences, for the op before it on its ordered lane, and for others: a collective for the same op of its
// group, a message for what else its batch has to have posted. Of those that end after a the one that ends last is to
// blame until it ends; of several, the one whose lane comes first in tp, pp, dp, offload, host, then the one that
// starts last. While the one to blame is in flight, its lane is the cause: `tp`, `pp_transfer`, `dp`, `offload` (h2d
// and d2h) or `host`. While it has not started, the question is asked again of it, down to
//   - another rank of its group: `tp` or `dp`, waiting for peers is part of a collective;
//   - a post of another rank: `pp_wait`, the producer still runs;
//   - nothing: all it waits for is there and it did not start, the host has not launched it: `host`. That can be only
//     if launches take time or the run is measured; otherwise the timeline is wrong, and that is a bug of ours.
// So a gap is cut where the set of unmet dependences changes and where the one to blame changes its phase.
//
// Before the first compute op of a rank the rule holds for that op, but waiting for the pipeline or the host is
// `warm_up` there: it is the ramp of the schedule. After the last compute op, what still runs on the rank's tp, dp and
// copy lanes is blamed as if the end of the step waited for it; the rest is `drain`.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/memory/played.hpp"

namespace braid {

enum class Cause : std::uint8_t { tp, pp_wait, pp_transfer, dp, offload, host, warm_up, drain };
inline constexpr int kCauses = 8;
const char* to_text(Cause cause);

/// Where the time of one rank went: busy + stretch + all causes = step time.
struct RankTime {
  int rank = 0;     ///< as in RankTimeline
  int gpus = 1;     ///< that did what this rank did, itself included
  Seconds busy;     ///< of the compute lane, as long as it would have taken alone
  Seconds stretch;  ///< added to it by contention
  std::array<Seconds, kCauses> idle{};
  Seconds first_start;  ///< of a compute op
  Seconds last_end;     ///< of the last op on any lane but pp and host: drain begins

  Seconds idle_total() const;
};

/// One piece of idle time with one cause.
struct Gap {
  int rank = 0;  ///< as in RankTimeline
  Seconds start;
  Seconds end;
  Cause cause = Cause::warm_up;
  OpKey waiting;  ///< the compute op that could not start; behind the last one, that one
  OpKey blamed;   ///< what it waited for; on another rank if the cause is pp_wait, else on this one
  int blamed_rank = 0;
  /// The same as ops: of this rank and of `blamed_position` in the timeline; kNoOp if there is none.
  std::uint32_t waiting_op = kNoOp;
  std::uint32_t blamed_op = kNoOp;
  std::size_t blamed_position = 0;
};

/// Accounts for every second of every rank, in the order of the timeline. `launches` are those of the Costs. The
/// timeline must pass verify(); throws Error if ops are missing.
std::vector<RankTime> account(const Played& played, const Launches& launches = {});

/// The idle pieces of the rank at this position of the timeline, in order of time.
std::vector<Gap> gaps_of(const Played& played, std::size_t rank, const Launches& launches = {});

/// The same of every rank, handed to `take` in the order of the timeline: for many ranks in one go.
void each_rank_gaps(const Played& played, const Launches& launches,
                    const std::function<void(std::size_t rank, const std::vector<Gap>& gaps)>& take);

/// What the rank (as in RankTimeline) was doing at a time and, if it was idle, why: a few lines for people.
/// Throws Error("--why", ...) for a rank or a time that is not there.
/// Of a rank that was not played: of the one that stands for it, which the text says.
std::string explain(const Played& played, int rank, Seconds time, const Launches& launches = {});

}  // namespace braid
