// SPDX-License-Identifier: Apache-2.0
// What an op of a played Program waited for, and until when: the questions that the attribution of bubbles asks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/cost/host_lane.hpp"
#include "sim/memory/played.hpp"
#include "sim/report/bubbles.hpp"

namespace braid {

/// In place of an op: the end of the step, which waits for all of a rank's own lanes.
inline constexpr std::uint32_t kNoWaiter = 0xffffffffu;

/// The dependence that ends last.
struct Wait {
  enum class Kind : std::uint8_t {
    nothing,  ///< all that it waits for has ended
    own_op,   ///< an op of the same rank
    others,   ///< something on another rank
  };
  Kind kind = Kind::nothing;
  double end = 0;
  Cause cause = Cause::host;  ///< kind others
  std::size_t rank = 0;       ///< position in the timeline of what is waited for
  std::uint32_t op = 0;
};

/// Cause of idle time while an op of this lane is in flight. The lane is not compute.
Cause cause_in_flight(Lane lane);
/// The same of an op; one that stands for waiting for a peer (stands_for_peer() of metrics.hpp) is pp_wait.
Cause cause_in_flight(const Op& op);

class Waits {
 public:
  /// `launches` are those of the Costs.
  Waits(const Played& played, const Launches& launches);

  const Played& played() const { return *played_; }
  /// Times that differ by no more than this are one time: a network simulator rounds its clock to a nanosecond.
  double slack() const { return slack_; }
  /// What `op` waited for last, of all that ended at `from` or after; ties as the rule of bubbles.hpp says.
  Wait latest(std::size_t rank, std::uint32_t op, double from) const;
  /// Whether the host can have held back `op` until `time`. Of a measured run it is not known, so it can.
  bool host_can_hold(std::size_t rank, std::uint32_t op, double time) const;
  /// The last end on the lanes of a rank that its part of the step waits for: all but compute, pp and host.
  double end_of_own_lanes(std::size_t rank) const;

 private:
  struct Posted {
    std::uint32_t batch = 0;
    std::int32_t pp = 0;
    std::uint32_t op = 0;
  };
  template <typename Take>
  void own_waits(std::size_t rank, std::uint32_t op, Take take) const;
  /// When an op could have started as far as its own rank is concerned.
  double ready(std::size_t rank, std::uint32_t op) const;
  /// Whether `a` is to blame rather than `b`.
  bool outranks(const Wait& a, const Wait& b) const;
  void offer(const Wait& candidate, double from, Wait& latest) const;
  /// The earliest start that the host allows.
  double launched(std::size_t rank, std::uint32_t op) const {
    return hosts_.empty() ? 0 : hosts_[rank].earliest(op, played_->ops(rank).ops[op].work);
  }
  void offer_own(std::size_t rank, std::uint32_t op, double from, Wait& latest) const;
  void offer_peers(std::size_t rank, std::uint32_t op, double from, Wait& latest) const;
  void offer_batch(std::size_t rank, std::uint32_t message, double from, Wait& latest) const;

  const Played* played_;
  std::vector<HostPlan> plans_;  ///< by pipeline rank
  std::vector<HostLane> hosts_;  ///< by position in the timeline; empty: the host is always ahead
  double slack_;
  std::vector<std::vector<std::uint32_t>> before_;  ///< by pipeline rank and op: the op before it on its ordered lane
  std::vector<std::array<std::uint32_t, kLanes>> last_;  ///< by pipeline rank: the last op of each lane it waits for
  std::vector<Posted> posted_;                           ///< what batches wait for, by batch
  std::vector<std::uint32_t> posted_begin_;              ///< by batch, into posted_
};

}  // namespace braid
