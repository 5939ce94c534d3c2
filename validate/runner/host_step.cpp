// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/host_step.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <numeric>
#include <system_error>
#include <thread>

#include "validate/runner/host_gpu.hpp"
#include "validate/runner/step_graph.hpp"

namespace braid {
namespace {

using Stream = HostStream;
using Gpu = HostGpu;

bool is_communication(Lane lane) { return lane == Lane::tp || lane == Lane::dp || lane == Lane::pp; }
/// Ops of lane pp are streams of their own.
bool is_carried(const Op& op) { return op.lane == Lane::pp; }

class HostStep {
 public:
  explicit HostStep(const HostStepInput& input)
      : in_(input), gpus_(input.layout.instances().size()), messages_of_(input.program.batch_size.size()) {
    const auto& messages = in_.program.messages;
    for (std::uint32_t m = 0; m < messages.size(); ++m) messages_of_[messages[m].batch].push_back(m);
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
      prepare(i);
      posts_left_.push_back(in_.program.batch_size);
    }
    clock_.at_end_of_instant([this] { settle(); });
  }

  HostStepResult run() {
    start_threads();
    HostStepResult result;
    {
      VirtualClock::Lock lock(clock_.mutex());
      result.in_time = clock_.all_left(lock, in_.time_limit_s);
      if (!result.in_time) clock_.stop();
    }
    threads_.clear();
    settle();
    result.ended = true;
    for (Gpu& gpu : gpus_) {
      const auto has_ended = [](OpState s) { return s == OpState::ended; };
      result.ended = result.ended && std::ranges::all_of(gpu.state, has_ended);
      const auto& resident = gpu.rank->resident;
      result.peak.push_back(std::accumulate(resident.begin(), resident.end(), Bytes(gpu.memory.peak)));
      InstanceProgress progress{.rank = gpu.place->rank,
                                .pp = gpu.place->pp,
                                .tp = gpu.place->tp,
                                .dp = gpu.place->dp,
                                .died = gpu.died,
                                .died_before = gpu.died_before,
                                .state = std::move(gpu.state),
                                .since = {}};
      for (const double start : gpu.times.start) progress.since.emplace_back(start);
      result.progress.push_back(std::move(progress));
      result.times.push_back(std::move(gpu.times));
    }
    return result;
  }

 private:
  using Lock = VirtualClock::Lock;

  bool is_faulty(FaultKind kind, const Gpu& gpu, std::uint32_t op) const {
    return std::ranges::any_of(
        in_.faults, [&](const Fault& f) { return f.kind == kind && f.rank == gpu.place->rank && f.op == op; });
  }
  const Op& op_of(const Gpu& gpu, std::uint32_t op) const { return gpu.rank->ops[op]; }
  const WorkItem& work_of(const Gpu& gpu, std::uint32_t op) const { return in_.program.works[op_of(gpu, op).work]; }

  // ---- before the step

  void prepare(std::size_t i) {
    Gpu& gpu = gpus_[i];
    gpu.number = i;
    gpu.place = &in_.layout.instances()[i];
    gpu.rank = &in_.program.ranks[static_cast<std::size_t>(gpu.place->pp)];
    gpu.issue = with_faults(in_.plan[static_cast<std::size_t>(gpu.place->pp)], in_.faults, gpu.place->rank);
    const std::size_t ops = gpu.rank->ops.size();
    gpu.state.assign(ops, OpState::waiting);
    gpu.unmet.assign(ops, 0);
    gpu.arrived.assign(ops, 0);
    gpu.carried_after.resize(ops);
    gpu.times = {
        .start = std::vector<double>(ops), .end = std::vector<double>(ops), .stretch = std::vector<double>(ops)};
    gpu.streams.resize(gpu.issue.streams.size());
    for (const IssueStep& step : gpu.issue.steps) {
      if (is_carried(op_of(gpu, step.op))) {
        gpu.unmet[step.op] = step.waits.size() + 1;
        for (const std::uint32_t wait : step.waits) gpu.carried_after[wait].push_back(step.op);
        continue;
      }
      auto& stream = gpu.streams[step.stream];
      if (!stream) stream = std::make_unique<Stream>();
      gpu.stream_of_lane[static_cast<std::size_t>(op_of(gpu, step.op).lane)] = stream.get();
      stream->steps.push_back(&step);
    }
  }

  void start_threads() {
    std::vector<std::pair<VirtualClock::Sleeper*, std::function<void(Lock&)>>> bodies;
    for (Gpu& gpu : gpus_) {
      bodies.emplace_back(&gpu.host, [this, &gpu](Lock& lock) { enqueue_all(lock, gpu); });
      for (auto& stream : gpu.streams) {
        if (stream)
          bodies.emplace_back(&stream->sleeper, [this, &gpu, &stream](Lock& lock) { play(lock, gpu, *stream); });
      }
    }
    Lock lock(clock_.mutex());  // nobody moves before all are there
    for (auto& [sleeper, body] : bodies) clock_.enter(*sleeper);
    std::size_t started = 0;
    try {
      for (auto& [sleeper, body] : bodies) {
        threads_.emplace_back([this, body = std::move(body)] {
          Lock own(clock_.mutex());
          body(own);
          clock_.leave();
        });
        ++started;
      }
    } catch (const std::system_error&) {
      clock_.stop();
      for (; started < bodies.size(); ++started) clock_.leave();
      lock.unlock();
      threads_.clear();
      throw Error("host", "the system gives no more threads; play fewer ranks, or folded");
    }
  }

  // ---- threads

  void enqueue_all(Lock& lock, Gpu& gpu) {
    double time = 0;
    for (const IssueStep& step : gpu.issue.steps) {
      time += launch_of(in_.costs, op_of(gpu, step.op).work).value;
      if (!clock_.sleep_until(lock, gpu.host, time)) return;
      if (is_carried(op_of(gpu, step.op))) {
        enqueue_carried(gpu, step.op);
      } else {
        Stream& stream = *gpu.streams[step.stream];
        ++stream.enqueued;
        clock_.wake(stream.sleeper);
      }
    }
  }

  void play(Lock& lock, Gpu& gpu, Stream& stream) {
    for (std::size_t n = 0; n < stream.steps.size(); ++n) {
      while (stream.enqueued <= n) {
        if (!clock_.wait(lock, stream.sleeper)) return;
      }
      for (const std::uint32_t wait : stream.steps[n]->waits) {
        while (gpu.state[wait] != OpState::ended) {
          stream.waits_for = wait;
          if (!clock_.wait(lock, stream.sleeper)) return;
        }
      }
      stream.waits_for = kNoMessage;
      if (!run_op(lock, gpu, stream, stream.steps[n]->op)) return;
    }
  }

  /// False if the thread has nothing more to do.
  bool run_op(Lock& lock, Gpu& gpu, Stream& stream, std::uint32_t op) {
    if (dies(gpu, op)) return false;
    stream.op_over = false;
    if (work_of(gpu, op).kind == WorkKind::collective) {
      come_to_collective(gpu, op);
    } else {
      start_timed(gpu, op);
    }
    if (is_faulty(FaultKind::op_hangs, gpu, op)) return hang(lock);  // its end is due, but nobody records it
    while (!stream.op_over) {
      if (!clock_.wait(lock, stream.sleeper)) return false;
    }
    finish(gpu, op);
    return !gpu.died;
  }

  /// Whether the rank is dead, by now or of this op.
  bool dies(Gpu& gpu, std::uint32_t op) const {
    if (!gpu.died && is_faulty(FaultKind::rank_dies, gpu, op)) {
      gpu.died = true;
      gpu.died_before = op;
    }
    return gpu.died;
  }

  /// A kernel that spins in real time, until somebody gives up. The others go on as far as they can.
  bool hang(Lock& lock) {
    clock_.step_out();
    while (!clock_.stopped()) {
      lock.unlock();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      lock.lock();
    }
    clock_.come_back();
    return false;
  }

  void over(Gpu& gpu, std::uint32_t op) {
    Stream& stream = *gpu.stream_of_lane[static_cast<std::size_t>(op_of(gpu, op).lane)];
    stream.op_over = true;
    clock_.wake(stream.sleeper);
  }

  // ---- ops

  void under_way(Gpu& gpu, std::uint32_t op) {
    gpu.state[op] = OpState::started;
    gpu.times.start[op] = clock_.now();
  }
  /// Its interval begins. A communication that moves nothing disturbs nobody.
  void started(Gpu& gpu, std::uint32_t op, bool moves = true) {
    under_way(gpu, op);
    gpu.memory.takes += work_of(gpu, op).alloc.value;
    if (moves && is_communication(op_of(gpu, op).lane)) sound(gpu, op, true);
  }

  void finish(Gpu& gpu, std::uint32_t op) {
    if (gpu.died) return;
    const double now = clock_.now();
    gpu.state[op] = OpState::ended;
    gpu.times.end[op] = now;
    (gpu.times.start[op] < now ? gpu.memory.frees : gpu.memory.frees_at_once) += work_of(gpu, op).release.value;
    if (is_communication(op_of(gpu, op).lane)) sound(gpu, op, false);
    for (auto& stream : gpu.streams) {
      if (stream && stream->waits_for == op) clock_.wake(stream->sleeper);
    }
    for (const std::uint32_t next : gpu.carried_after[op]) met(gpu, next);
  }

  void start_timed(Gpu& gpu, std::uint32_t op) {
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

  void look_at_end(Gpu& gpu) {
    gpu.queued = gpu.speed.end;
    clock_.at(gpu.queued, [this, &gpu, op = gpu.running, time = gpu.queued] {
      if (gpu.running != op || gpu.queued != time) return;
      if (gpu.speed.end > time) return look_at_end(gpu);
      gpu.times.stretch[op] = gpu.speed.stretch();
      gpu.running = kNoMessage;
      over(gpu, op);
    });
  }

  double slow_by(const Gpu& gpu, std::uint32_t op) const {
    double sum = 0;
    if (in_.costs.stretch.empty()) return sum;
    const auto& row = in_.costs.stretch[op_of(gpu, op).work];
    if (row.empty()) return sum;  // never stretched
    for (const std::uint32_t other : gpu.beside) sum += row[op_of(gpu, other).work];
    return sum;
  }

  /// Communication starts or stops beside what the GPU computes.
  void sound(Gpu& gpu, std::uint32_t op, bool starts) {
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

  void come_to_collective(Gpu& gpu, std::uint32_t op) {
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

  // ---- messages, and what else is carried

  void enqueue_carried(Gpu& gpu, std::uint32_t op) {
    const Op& me = op_of(gpu, op);
    if (!waits_for_its_own(in_.program, me)) {  // the message alone decides
      if (!dies(gpu, op) && gpu.state[op] == OpState::waiting) under_way(gpu, op);
      return;
    }
    met(gpu, op);
  }

  void met(Gpu& gpu, std::uint32_t op) {
    if (--gpu.unmet[op] > 0) return;
    if (dies(gpu, op)) return;
    if (op_of(gpu, op).message == kNoMessage) return start_timed(gpu, op);
    post(gpu, op);
  }

  void post(Gpu& gpu, std::uint32_t op) {
    under_way(gpu, op);
    const std::uint32_t batch = in_.program.messages[op_of(gpu, op).message].batch;
    const std::size_t column = in_.layout.pipeline_peer(gpu.number, 0);
    if (--posts_left_[column][batch] > 0) return;
    for (const std::uint32_t m : messages_of_[batch]) start_message(gpu, m);
  }

  void start_message(const Gpu& of_column, std::uint32_t number) {
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

  void settle() {
    for (Gpu& gpu : gpus_) gpu.memory.settle();
  }

  const HostStepInput& in_;
  VirtualClock clock_;
  std::vector<Gpu> gpus_;
  std::vector<std::vector<std::uint32_t>> messages_of_;  ///< by batch
  std::vector<std::vector<std::uint32_t>> posts_left_;   ///< by batch, at the first instance of a copy of the pipeline
  std::vector<std::jthread> threads_;                    ///< last: they end before what they use
};

}  // namespace

std::size_t host_threads(const Program& program, const HostLayout& layout) {
  std::size_t threads = 0;
  for (const HostInstance& instance : layout.instances()) {
    std::array<bool, kLanes> used{};
    for (const Op& op : program.ranks[static_cast<std::size_t>(instance.pp)].ops) {
      used[static_cast<std::size_t>(op.lane)] = used[static_cast<std::size_t>(op.lane)] || !is_carried(op);
    }
    threads += 1 + static_cast<std::size_t>(std::ranges::count(used, true));
  }
  return threads;
}

HostStepResult play_host_step(const HostStepInput& input) { return HostStep(input).run(); }

}  // namespace braid
