// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/host_step.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <numeric>
#include <system_error>
#include <thread>

#include "validate/runner/host_play.hpp"

namespace braid {

HostStep::HostStep(const HostStepInput& input)
    : in_(input), gpus_(input.layout.instances().size()), messages_of_(input.program.batch_size.size()) {
  const auto& messages = in_.program.messages;
  for (std::uint32_t m = 0; m < messages.size(); ++m) messages_of_[messages[m].batch].push_back(m);
  for (std::size_t i = 0; i < gpus_.size(); ++i) {
    prepare(i);
    posts_left_.push_back(in_.program.batch_size);
  }
  clock_.at_end_of_instant([this] { settle(); });
}

HostStepResult HostStep::run() {
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

void HostStep::prepare(std::size_t i) {
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
  gpu.times = {.start = std::vector<double>(ops), .end = std::vector<double>(ops), .stretch = std::vector<double>(ops)};
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

void HostStep::start_threads() {
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

void HostStep::enqueue_all(Lock& lock, Gpu& gpu) {
  const bool waits = host_waits();
  double issued = 0;                  // when the host has launched the last kernel of the op before
  std::vector<std::uint32_t> posted;  // messages since the last op that is none
  for (const IssueStep& step : gpu.issue.steps) {
    const Op& op = op_of(gpu, step.op);
    if (waits && op.message == kNoMessage && !posted.empty()) {
      for (const std::uint32_t message : posted) {
        while (gpu.state[message] != OpState::ended) {
          if (!clock_.wait(lock, gpu.host)) return;
        }
      }
      posted.clear();
      issued = std::max(issued, clock_.now());
    }
    if (op.message != kNoMessage) posted.push_back(step.op);
    issued += launch_of(in_.costs, op.work).value;
    const double lead = in_.costs.launches.empty() ? 0 : in_.costs.launches.lead[op.work].value;
    if (!clock_.sleep_until(lock, gpu.host, issued - lead)) return;
    if (is_carried(op_of(gpu, step.op))) {
      enqueue_carried(gpu, step.op);
    } else {
      Stream& stream = *gpu.streams[step.stream];
      ++stream.enqueued;
      clock_.wake(stream.sleeper);
    }
  }
}

void HostStep::play(Lock& lock, Gpu& gpu, Stream& stream) {
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

bool HostStep::run_op(Lock& lock, Gpu& gpu, Stream& stream, std::uint32_t op) {
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

bool HostStep::hang(Lock& lock) {
  clock_.step_out();
  while (!clock_.stopped()) {
    lock.unlock();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    lock.lock();
  }
  clock_.come_back();
  return false;
}

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
