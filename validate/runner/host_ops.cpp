// SPDX-License-Identifier: Apache-2.0
// What happens to the ops of a host step: how they start and end, what slows them, who meets whom.
#include <algorithm>

#include "validate/runner/host_play.hpp"
#include "validate/runner/step_graph.hpp"

namespace braid {
namespace {

bool is_communication(Lane lane) { return lane == Lane::tp || lane == Lane::dp || lane == Lane::pp; }

}  // namespace

bool HostStep::dies(Gpu& gpu, std::uint32_t op) const {
  if (!gpu.died && is_faulty(FaultKind::rank_dies, gpu, op)) {
    gpu.died = true;
    gpu.died_before = op;
  }
  return gpu.died;
}

void HostStep::over(Gpu& gpu, std::uint32_t op) {
  Stream& stream = *gpu.stream_of_lane[static_cast<std::size_t>(op_of(gpu, op).lane)];
  stream.op_over = true;
  clock_.wake(stream.sleeper);
}

void HostStep::under_way(Gpu& gpu, std::uint32_t op) {
  gpu.state[op] = OpState::started;
  gpu.times.start[op] = clock_.now();
}

void HostStep::started(Gpu& gpu, std::uint32_t op, bool moves) {
  under_way(gpu, op);
  gpu.memory.takes += work_of(gpu, op).alloc.value;
  if (moves && is_communication(op_of(gpu, op).lane)) sound(gpu, op, true);
}

void HostStep::finish(Gpu& gpu, std::uint32_t op) {
  if (gpu.died) return;
  const double now = clock_.now();
  gpu.state[op] = OpState::ended;
  gpu.times.end[op] = now;
  (gpu.times.start[op] < now ? gpu.memory.frees : gpu.memory.frees_at_once) += work_of(gpu, op).release.value;
  if (is_communication(op_of(gpu, op).lane)) sound(gpu, op, false);
  for (auto& stream : gpu.streams) {
    if (stream && stream->waits_for == op) clock_.wake(stream->sleeper);
  }
  if (host_waits() && op_of(gpu, op).message != kNoMessage) clock_.wake(gpu.host);
  for (const std::uint32_t next : gpu.carried_after[op]) met(gpu, next);
}

void HostStep::start_timed(Gpu& gpu, std::uint32_t op) {
  double nominal = in_.costs.duration[op_of(gpu, op).work].value;
  if (op_of(gpu, op).lane != Lane::compute) {
    started(gpu, op);
    clock_.at(clock_.now() + nominal,
              [this, &gpu, op] { is_carried(op_of(gpu, op)) ? finish(gpu, op) : over(gpu, op); });
    return;
  }
  if (!in_.factors.empty()) nominal *= in_.factors[gpu.number][op];
  started(gpu, op);
  gpu.running = op;
  gpu.speed = StretchedOp::begin(clock_.now(), nominal, slow_by(gpu, op));
  look_at_end(gpu);
}

void HostStep::look_at_end(Gpu& gpu) {
  gpu.queued = gpu.speed.end;
  clock_.at(gpu.queued, [this, &gpu, op = gpu.running, time = gpu.queued] {
    if (gpu.running != op || gpu.queued != time) return;
    if (gpu.speed.end > time) return look_at_end(gpu);
    gpu.times.stretch[op] = gpu.speed.stretch();
    gpu.running = kNoMessage;
    over(gpu, op);
  });
}

double HostStep::slow_by(const Gpu& gpu, std::uint32_t op) const {
  double sum = 0;
  if (in_.costs.stretch.empty()) return sum;
  const auto& row = in_.costs.stretch[op_of(gpu, op).work];
  if (row.empty()) return sum;  // never stretched
  for (const std::uint32_t other : gpu.beside) sum += row[op_of(gpu, other).work];
  return sum;
}

void HostStep::sound(Gpu& gpu, std::uint32_t op, bool starts) {
  const auto at = std::ranges::lower_bound(gpu.beside, op);
  const bool there = at != gpu.beside.end() && *at == op;
  if (starts) {
    gpu.beside.insert(at, op);
  } else if (there) {
    gpu.beside.erase(at);
  }
  if (gpu.running == kNoMessage) return;
  gpu.speed.change(clock_.now(), slow_by(gpu, gpu.running));
  if (gpu.speed.end < gpu.queued) look_at_end(gpu);
}

void HostStep::come_to_collective(Gpu& gpu, std::uint32_t op) {
  const Scope scope = work_of(gpu, op).scope;
  const std::vector<std::size_t> group = in_.layout.group(gpu.number, scope);
  under_way(gpu, op);
  if (++gpus_[group.front()].arrived[op] < group.size()) return;
  const Placement& place = in_.program.placement;
  const bool alone = (scope == Scope::tp ? place.tp : place.dp) == 1;  // a group of one moves nothing
  bool stuck = false;
  for (const std::size_t n : group) {
    Gpu& member = gpus_[n];
    stuck = stuck || member.died || is_faulty(FaultKind::collective_stuck, member, op);
    started(member, op, !alone);
  }
  if (stuck) return;
  const CommCost& cost = in_.costs.collective[op_of(gpu, op).work];
  const double time = alone ? 0 : cost.latency.value + cost.transfer.value;
  clock_.at(clock_.now() + time, [this, group, op] {
    if (std::ranges::any_of(group, [&](std::size_t n) { return gpus_[n].died; })) return;
    for (const std::size_t n : group) over(gpus_[n], op);
  });
}

void HostStep::enqueue_carried(Gpu& gpu, std::uint32_t op) {
  const Op& me = op_of(gpu, op);
  if (!waits_for_its_own(in_.program, me)) {  // the message alone decides
    if (!dies(gpu, op) && gpu.state[op] == OpState::waiting) under_way(gpu, op);
    return;
  }
  met(gpu, op);
}

void HostStep::met(Gpu& gpu, std::uint32_t op) {
  if (--gpu.unmet[op] > 0) return;
  if (dies(gpu, op)) return;
  if (op_of(gpu, op).message == kNoMessage) return start_timed(gpu, op);
  post(gpu, op);
}

void HostStep::post(Gpu& gpu, std::uint32_t op) {
  under_way(gpu, op);
  const std::uint32_t batch = in_.program.messages[op_of(gpu, op).message].batch;
  const std::size_t column = in_.layout.pipeline_peer(gpu.number, 0);
  if (--posts_left_[column][batch] > 0) return;
  for (const std::uint32_t m : messages_of_[batch]) start_message(gpu, m);
}

void HostStep::start_message(const Gpu& of_column, std::uint32_t number) {
  const Message& m = in_.program.messages[number];
  Gpu& from = gpus_[in_.layout.pipeline_peer(of_column.number, m.from)];
  Gpu& to = gpus_[in_.layout.pipeline_peer(of_column.number, m.to)];
  started(from, m.send_op);
  started(to, m.recv_op);
  if (is_faulty(FaultKind::message_lost, from, m.send_op) || is_faulty(FaultKind::message_lost, to, m.recv_op) ||
      is_faulty(FaultKind::op_dropped, to, m.recv_op)) {
    return;
  }
  clock_.at(clock_.now() + in_.layout.message_time(number, from.number).value, [this, &from, &to, &m] {
    if (from.died || to.died) return;
    finish(from, m.send_op);
    finish(to, m.recv_op);
  });
}

}  // namespace braid
