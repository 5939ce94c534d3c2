// SPDX-License-Identifier: Apache-2.0
#include "validate/device/rank_queue.hpp"

#include <algorithm>

#include "calibrate/device/check.hpp"

namespace braid::gpu {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;

}  // namespace

RankQueue::RankQueue(const Program& program, const RankProgram& rank, const RankIssue& plan,
                     std::vector<cudaStream_t> streams)
    : program_(program),
      rank_(rank),
      plan_(plan),
      streams_(std::move(streams)),
      enqueued_(std::make_unique<std::atomic<bool>[]>(rank.ops.size())),
      before_(plan.steps.size(), kNone),
      queue_(plan.streams.size()) {
  BRAID_CHECK(streams_.size() == plan.streams.size(), "a stream for each of the plan's");
  for (std::size_t i = 0; i < rank.ops.size(); ++i) ended_.emplace_back(Event::Kind::untimed);
  for (std::size_t i = 0; i < streams_.size(); ++i) tails_.emplace_back(Event::Kind::untimed);
  for (std::size_t i = 0; i < streams_.size(); ++i)
    room_of_.push_back(
        static_cast<std::size_t>(std::find(streams_.begin(), streams_.end(), streams_[i]) - streams_.begin()));
  std::vector<std::uint32_t> last(plan.streams.size(), kNone);
  for (std::uint32_t i = 0; i < plan.steps.size(); ++i) {
    before_[i] = last[plan.steps[i].stream];
    last[plan.steps[i].stream] = i;
  }
}

void RankQueue::begin_step(cudaEvent_t released) {
  for (std::size_t i = 0; i < rank_.ops.size(); ++i) enqueued_[i] = false;
  queue_.clear();
  for (const cudaStream_t s : streams_) BRAID_CUDA(cudaStreamWaitEvent(s, released));
}

std::uint32_t RankQueue::entries_of(const IssueStep& step) const {
  const WorkItem& work = program_.works[rank_.ops[step.op].work];
  // The model counts what a framework launches; a pass of attention takes six where it counts one.
  const int kernels = work.kind == WorkKind::compute ? std::max(8, 2 * work.compute.kernels) : 2;
  return static_cast<std::uint32_t>(kernels) + static_cast<std::uint32_t>(step.waits.size()) + 1;
}

bool RankQueue::fits(const IssueStep& step) {
  const std::size_t room = room_of_[step.stream];
  queue_.retire(room, [this](std::uint32_t op) { return ended(op); });
  return queue_.fits(room, entries_of(step));
}

void RankQueue::wait(const IssueStep& step) const {
  for (const std::uint32_t op : step.waits) BRAID_CUDA(cudaStreamWaitEvent(streams_[step.stream], ended_[op]));
}

void RankQueue::record(const IssueStep& step) {
  BRAID_CUDA(cudaEventRecord(ended_[step.op], streams_[step.stream]));
  enqueued_[step.op] = true;
  queue_.add(room_of_[step.stream], step.op, entries_of(step));
}

void RankQueue::end_step(cudaStream_t end) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    BRAID_CUDA(cudaEventRecord(tails_[i], streams_[i]));
    BRAID_CUDA(cudaStreamWaitEvent(end, tails_[i]));
  }
}

bool RankQueue::ended(std::uint32_t op) const { return enqueued_[op] && ended_[op].happened(); }

bool RankQueue::host_is_late(const IssueStep& step, std::uint32_t index) const {
  const std::uint32_t before = before_[index];
  return before != kNone && ended(plan_.steps[before].op) &&
         std::all_of(step.waits.begin(), step.waits.end(), [this](std::uint32_t op) { return ended(op); });
}

InstanceProgress RankQueue::progress(const Instance& at) const {
  InstanceProgress p{.rank = at.rank, .pp = at.pp, .tp = at.tp, .dp = at.dp, .died = false, .state = {}, .since = {}};
  for (std::uint32_t op = 0; op < rank_.ops.size(); ++op)
    p.state.push_back(ended(op) ? OpState::ended : OpState::waiting);
  infer_started(program_, p, &plan_);
  return p;
}

}  // namespace braid::gpu
