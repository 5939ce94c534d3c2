// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/event_core.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sim/base/error.hpp"
#include "sim/engine/core/jitter.hpp"

namespace braid {
namespace {

bool is_communication(Lane lane) { return lane == Lane::tp || lane == Lane::dp || lane == Lane::pp; }

}  // namespace

void EventCore::play(double limit) {
  limit_ = limit;
  if (!started_) {
    started_ = true;
    for (std::uint32_t i = 0; i < instances_.size(); ++i) {
      for (std::uint32_t k : instances_[i].plan->roots) ready(i, k, 0);
    }
  }
  while (!heap_.empty() && heap_.top().time <= limit_) {
    const QueuedEvent event = heap_.pop();
    now_ = event.time;
    const std::uint32_t i = event.instance(), k = event.op();
    switch (event.what()) {
      case Happens::ended:
        ended(i, k, event.time);
        break;
      case Happens::launched:
        begin(i, k, event.time);
        break;
      case Happens::latency_over:
        request(i, k, event.time);
        break;
    }
  }
}

void EventCore::ready(std::uint32_t i, std::uint32_t k, double t) {
  const Action action = instances_[i].plan->ops[k].action;
  if (action == Action::recv && in_.program.p2p != P2pMode::batched) return;  // the message alone decides
  const HostLane& host = instances_[i].host;
  const double launched = host.ahead() ? 0 : host.earliest(k, instances_[i].plan->ops[k].work);
  if (launched <= t) {
    begin(i, k, t);
  } else if (launched < std::numeric_limits<double>::infinity()) {
    heap_.push(QueuedEvent::at(launched, i, k, Happens::launched));
  } else {
    instances_[i].not_issued.push_back(k);
  }
}

void EventCore::host_goes_on(std::uint32_t i, double t) {
  std::vector<std::uint32_t> waiting = std::exchange(instances_[i].not_issued, {});
  std::ranges::sort(waiting);
  for (const std::uint32_t k : waiting) ready(i, k, t);  // those behind the next wait come back
}

void EventCore::begin(std::uint32_t i, std::uint32_t k, double t) {
  switch (instances_[i].plan->ops[k].action) {
    case Action::timed:
      return begin_timed(i, k, t);
    case Action::collective:
      return join_collective(i, k, t);
    case Action::send:
    case Action::recv:
      return post(i, k, t);
  }
}

void EventCore::begin_timed(std::uint32_t i, std::uint32_t k, double t) {
  Instance& instance = instances_[i];
  const PlannedOp& op = instance.plan->ops[k];
  const EngineOptions& options = in_.options;
  const double given = given_duration(i, k);
  double nominal = given >= 0 ? given : in_.costs.duration[op.work].value;
  if (op.lane == Lane::compute && !(given >= 0)) {  // copies and abstract transfers do not hang on the GPU's clock
    nominal *= instance.slowdown * jitter_factor(options.seed, instance.gpu, k, options.jitter);
  }
  instance.times[k].start = t;
  double end = t + nominal;
  if (op.lane == Lane::compute) {
    const double slow = given >= 0 ? 0 : slow_by(instance, op.work);
    if (slow != 0) end = t + nominal * (1 + slow);
    instance.running = {.op = k,
                        .stretched = slow != 0,
                        .given = given >= 0,
                        .nominal = nominal,
                        .remaining = nominal,
                        .since = t,
                        .slow_by = slow,
                        .end = end,
                        .queued = end};
  } else if (is_communication(op.lane)) {
    communicates(i, k, t);
  }
  heap_.push(QueuedEvent::at(end, i, k, Happens::ended));
}

EventCore::Members EventCore::members(Scope scope, std::uint32_t i) const {
  const std::uint32_t column = instances_[i].column;
  const auto of = static_cast<std::size_t>(scope);
  return {.pp_begin = i - column, .columns = in_group_[of][group_of_[of][column]]};
}

EventCore::Transfer EventCore::transfer_of(std::uint32_t i, std::uint32_t k) const {
  const PlannedOp& op = instances_[i].plan->ops[k];
  if (const double given = given_duration(i, k); given >= 0) {
    return {{.latency = Seconds(given), .transfer = {}}, kClosedForm};
  }
  if (op.action == Action::collective) {
    const auto scope = static_cast<std::size_t>(in_.program.works[op.work].scope);
    const auto& flows = in_.flow_of.collective;
    return {in_.costs.collective[op.work], flows.empty() ? kClosedForm : flows[scope * instances_.size() + i]};
  }
  const auto columns = static_cast<std::size_t>(in_.replicas.columns());
  const std::size_t path = in_.paths.pair_of[op.message] * columns + instances_[i].column;
  if (in_.program.works[op.work].kind != WorkKind::message) {
    return {{.latency = in_.costs.duration[op.work], .transfer = {}}, kClosedForm};  // abstract cost: no bytes
  }
  const CommCost& cost = in_.costs.message[op.work][static_cast<std::size_t>(in_.paths.kinds[path])];
  return {cost, in_.flow_of.message.empty() ? kClosedForm : in_.flow_of.message[path]};
}

void EventCore::join_collective(std::uint32_t i, std::uint32_t k, double t) {
  const PlannedOp& op = instances_[i].plan->ops[k];
  const Scope scope = in_.program.works[op.work].scope;
  const Members group = members(scope, i);
  // A lane runs in order and nobody passes a collective before all have come, so one counter a lane is enough.
  const std::size_t lane = static_cast<std::size_t>(scope) * kLanes + static_cast<std::size_t>(op.lane);
  std::uint16_t& arrived = arrived_[lane * instances_.size() + group.first()];
  if (++arrived < group.columns.size()) return;
  arrived = 0;
  const int size = scope == Scope::tp ? in_.program.placement.tp : in_.program.placement.dp;
  for (const std::uint32_t column : group.columns) {
    const std::uint32_t member = group.pp_begin + column;
    instances_[member].times[k].start = t;
    if (size > 1 && is_communication(op.lane)) { communicates(member, k, t); }
  }
  if (size > 1) {
    const Transfer all = transfer_of(group.first(), k);
    transfer(group.first(), k, t, all.cost, all.flow);
  } else {
    heap_.push(QueuedEvent::at(t, group.first(), k, Happens::ended));
  }
}

void EventCore::post(std::uint32_t i, std::uint32_t k, double t) {
  const std::uint32_t message = instances_[i].plan->ops[k].message;
  const std::uint32_t batch = in_.program.messages[message].batch;
  const std::uint32_t column = instances_[i].column;
  if (--batch_left_[column * in_.program.batch_size.size() + batch] > 0) return;
  for (std::uint32_t m = batch_begin_[batch]; m < batch_begin_[batch + 1]; ++m) {
    start_message(batch_messages_[m], column, t);
  }
}

void EventCore::start_message(std::uint32_t message, std::uint32_t column, double t) {
  const Message& m = in_.program.messages[message];
  const auto from = static_cast<std::uint32_t>(in_.replicas.instance(m.from, static_cast<int>(column)));
  const auto to = static_cast<std::uint32_t>(in_.replicas.instance(m.to, static_cast<int>(column)));
  instances_[from].times[m.send_op].start = t;
  instances_[to].times[m.recv_op].start = t;
  communicates(from, m.send_op, t);
  communicates(to, m.recv_op, t);
  const Transfer bytes = transfer_of(from, m.send_op);
  transfer(from, m.send_op, t, bytes.cost, bytes.flow);
}

void EventCore::transfer(std::uint32_t i, std::uint32_t k, double t, const CommCost& cost, std::int32_t flow) {
  const double latency = cost.latency.value;
  if (flow == kClosedForm || cost.transfer.value == 0) {
    heap_.push(QueuedEvent::at(t + latency + cost.transfer.value, i, k, Happens::ended));
  } else if (latency > 0) {
    heap_.push(QueuedEvent::at(t + latency, i, k, Happens::latency_over));
  } else {
    request(i, k, t);
  }
}

void EventCore::request(std::uint32_t i, std::uint32_t k, double t) {
  const Transfer bytes = transfer_of(i, k);
  requests_.push_back({.time = t, .instance = i, .op = k, .flow = bytes.flow, .transfer = bytes.cost.transfer.value});
  limit_ = std::min(limit_, t);
}

void EventCore::flow_ended(std::uint32_t instance, std::uint32_t op, double time) {
  BRAID_CHECK(heap_.empty() || heap_.top().time >= time, "all that was before the end of a flow has been played");
  // The network's clock rounds: an end that it finds a hair before what the core has played already is of that time.
  ended(instance, op, std::max(time, now_));
}

void EventCore::ended(std::uint32_t i, std::uint32_t k, double t) {
  const PlannedOp& op = instances_[i].plan->ops[k];
  switch (op.action) {
    case Action::timed:
      if (op.lane != Lane::compute) return finish(i, k, t);
      if (instances_[i].running.op == k && instances_[i].running.queued == t) end_running(i, t);
      return;
    case Action::collective: {
      const Members group = members(in_.program.works[op.work].scope, i);
      for (const std::uint32_t column : group.columns) finish(group.pp_begin + column, k, t);
      return;
    }
    case Action::send:
    case Action::recv: {
      const Message& m = in_.program.messages[op.message];
      finish(i, k, t);
      finish(static_cast<std::uint32_t>(in_.replicas.instance(m.to, static_cast<int>(instances_[i].column))), m.recv_op,
             t);
      return;
    }
  }
}

void EventCore::end_running(std::uint32_t i, double t) {
  Running& running = instances_[i].running;
  if (running.end > t) {  // it was slowed down after this event had been queued
    running.queued = running.end;
    heap_.push(QueuedEvent::at(running.end, i, running.op, Happens::ended));
    return;
  }
  const std::uint32_t k = running.op;
  running.op = kNoMessage;
  OpTimes& times = instances_[i].times[k];
  if (running.stretched) times.stretch = std::max(0.0, (t - times.start) - running.nominal);
  finish(i, k, t);
}

void EventCore::finish(std::uint32_t i, std::uint32_t k, double t) {
  Instance& instance = instances_[i];
  const PlannedOp* op = instance.plan->ops.data() + k;
  instance.times[k].end = t;
  instance.waits[k] = kEnded;
  --unfinished_;
  if (is_communication(op->lane)) falls_silent(i, k, t);
  if (op->lane == Lane::pp && instance.host.message_ended(k, t)) host_goes_on(i, t);
  for (std::uint32_t n = op[0].next_begin; n < op[1].next_begin; ++n) {
    const std::uint32_t next = instance.plan->next[n];
    if (--instance.waits[next] == 0) ready(i, next, t);
  }
}

void EventCore::communicates(std::uint32_t i, std::uint32_t k, double t) {
  if (!contention_) return;
  auto& beside = instances_[i].beside;
  beside.insert(std::upper_bound(beside.begin(), beside.end(), k), k);
  change_speed(i, t);
}

void EventCore::falls_silent(std::uint32_t i, std::uint32_t k, double t) {
  if (!contention_) return;
  auto& beside = instances_[i].beside;
  const auto found = std::lower_bound(beside.begin(), beside.end(), k);
  if (found == beside.end() || *found != k) return;  // a group of one, which moves nothing
  beside.erase(found);
  change_speed(i, t);
}

double EventCore::slow_by(const Instance& instance, std::uint16_t work) const {
  const double* row = stretch_[work];
  double sum = 0;
  if (row != nullptr) {
    for (std::uint32_t k : instance.beside) sum += row[instance.plan->ops[k].work];
  }
  return sum;
}

void EventCore::change_speed(std::uint32_t i, double t) {
  Instance& instance = instances_[i];
  Running& running = instance.running;
  // Ending at this very instant: what happens now does not touch it, in whatever order events of one time are played.
  if (running.op == kNoMessage || running.given || running.end <= t) return;
  const double slow = slow_by(instance, instance.plan->ops[running.op].work);
  if (slow == running.slow_by) return;
  running.remaining = std::max(0.0, running.remaining - (t - running.since) / (1 + running.slow_by));
  running.since = t;
  running.slow_by = slow;
  running.stretched = true;
  running.end = t + running.remaining * (1 + slow);
  if (running.end < running.queued) {
    running.queued = running.end;
    heap_.push(QueuedEvent::at(running.end, i, running.op, Happens::ended));
  }
}

}  // namespace braid
