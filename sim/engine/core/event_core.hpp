// SPDX-License-Identifier: Apache-2.0
// The event core: plays the lanes, dependences, batches, collectives and contention of every instance in time order.
//
// Transfers take their closed form here, except those that FlowOf marks: for them the core asks its driver (a network
// simulator) to start a flow when the latency is over, and is told when the flow has ended. The core never runs past
// an open request, and otherwise as far as it is let; without flows one call plays everything.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/cost/host_lane.hpp"
#include "sim/engine/core/event_heap.hpp"
#include "sim/engine/core/play_memory.hpp"
#include "sim/engine/core/rank_plan.hpp"
#include "sim/engine/core/replicas.hpp"

namespace braid {

/// Which transfers are flows: a number of the driver's own, or kClosedForm.
inline constexpr std::int32_t kClosedForm = -1;
struct FlowOf {
  std::vector<std::int32_t> message;     ///< [pair * columns + column]; empty: none is a flow
  std::vector<std::int32_t> collective;  ///< [scope * instances + first member]; empty: none is a flow
};

/// A transfer whose latency is over; the driver answers with flow_ended(instance, op).
struct FlowRequest {
  double time = 0;
  std::uint32_t instance = 0;  ///< the sender, or the first member
  std::uint32_t op = 0;
  std::int32_t flow = 0;  ///< from FlowOf
  double transfer = 0;    ///< seconds that it takes alone
};

struct PlayInput {
  const Program& program;
  const Costs& costs;
  const Replicas& replicas;
  const MessagePaths& paths;
  const EngineOptions& options;
  FlowOf flow_of;
};

/// Stands in place of an op's count of waits when it has ended.
inline constexpr std::uint16_t kEnded = 0xffff;

class EventCore {
 public:
  /// `memory` is where the times go. Everything behind the references must outlive the core.
  EventCore(PlayInput input, PlayMemory& memory);

  /// Plays events up to and including time `limit`; stops earlier at the time of the first open request.
  void play(double limit);
  /// What the last play() asked for, all at one time, by (instance, op). The driver starts them and clears the list.
  std::vector<FlowRequest>& requests() { return requests_; }
  /// To be called when everything up to `time` has been played.
  void flow_ended(std::uint32_t instance, std::uint32_t op, double time);

  bool idle() const { return heap_.empty(); }
  double next_time() const { return heap_.top().time; }

  /// Throws Error naming the first op that could not run, and what it waits for, unless every op has ended.
  void check_complete() const;

 private:
  /// The op on the compute lane. Its end is known only as long as nothing beside it starts or ends.
  struct Running {
    std::uint32_t op = kNoMessage;
    bool stretched = false;
    bool given = false;  ///< EngineOptions::durations names it: nothing changes its speed
    double nominal = 0;
    double remaining = 0;  ///< nominal seconds left at `since`
    double since = 0;
    double slow_by = 0;  ///< sum of stretches of what runs beside it
    double end = 0;      ///< if nothing changes
    double queued = 0;   ///< the earliest event in the heap for it; later ones are stale
  };
  struct Instance {
    const RankPlan* plan = nullptr;
    OpTimes* times = nullptr;
    std::uint16_t* waits = nullptr;
    std::uint32_t column = 0;
    std::uint32_t gpu = 0;
    double slowdown = 1;
    const Seconds* given = nullptr;  ///< by op, from EngineOptions::durations; null: every op has its cost
    Running running;
    HostLane host;
    std::vector<std::uint32_t> not_issued;  ///< ops that wait for nothing but a host that waits for messages
    std::vector<std::uint32_t> beside;      ///< communication ops in flight, ascending: sums are in one order always
  };

  void ready(std::uint32_t i, std::uint32_t k, double t);
  void host_goes_on(std::uint32_t i, double t);
  void begin(std::uint32_t i, std::uint32_t k, double t);
  void begin_timed(std::uint32_t i, std::uint32_t k, double t);
  void join_collective(std::uint32_t i, std::uint32_t k, double t);
  void post(std::uint32_t i, std::uint32_t k, double t);
  void start_message(std::uint32_t message, std::uint32_t column, double t);
  void transfer(std::uint32_t i, std::uint32_t k, double t, const CommCost& cost, std::int32_t flow);
  void request(std::uint32_t i, std::uint32_t k, double t);
  void ended(std::uint32_t i, std::uint32_t k, double t);
  void end_running(std::uint32_t i, double t);
  void finish(std::uint32_t i, std::uint32_t k, double t);
  void communicates(std::uint32_t i, std::uint32_t k, double t);
  void falls_silent(std::uint32_t i, std::uint32_t k, double t);
  void change_speed(std::uint32_t i, double t);
  double slow_by(const Instance& instance, std::uint16_t work) const;

  /// The instances in a collective: those that are played of its group.
  struct Members {
    std::uint32_t pp_begin = 0;              ///< the instance of column 0
    std::span<const std::uint32_t> columns;  ///< ascending
    std::uint32_t first() const { return pp_begin + columns.front(); }
  };
  Members members(Scope scope, std::uint32_t i) const;
  void find_groups();
  struct Transfer {
    CommCost cost;
    std::int32_t flow;
  };
  Transfer transfer_of(std::uint32_t i, std::uint32_t k) const;
  /// The duration that EngineOptions gives the op; not >= 0 if it gives none.
  double given_duration(std::uint32_t i, std::uint32_t k) const {
    const Seconds* given = instances_[i].given;
    return given == nullptr ? -1 : given[k].value;
  }

  PlayInput in_;
  std::vector<RankPlan> plans_;
  std::vector<HostPlan> hosts_;  ///< by pipeline rank
  std::vector<Instance> instances_;
  std::vector<std::uint16_t> waits_;        ///< of all instances
  std::vector<std::uint32_t> batch_left_;   ///< [column * batches + batch]: ops still to be posted
  std::vector<std::uint32_t> batch_begin_;  ///< into batch_messages_
  std::vector<std::uint32_t> batch_messages_;
  std::array<std::vector<std::uint32_t>, 2> group_of_;               ///< by scope and column
  std::array<std::vector<std::vector<std::uint32_t>>, 2> in_group_;  ///< columns, by scope and group
  std::vector<std::uint16_t> arrived_;  ///< [(scope * lanes + lane) * instances + first member]
  std::vector<const double*> stretch_;  ///< by compute work; null: never stretched
  EventHeap heap_;
  std::vector<FlowRequest> requests_;
  double limit_ = 0;
  double now_ = 0;  ///< time of the last event
  std::size_t unfinished_ = 0;
  bool started_ = false;
  bool contention_ = false;
};

}  // namespace braid
