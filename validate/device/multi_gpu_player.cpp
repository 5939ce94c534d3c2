// SPDX-License-Identifier: Apache-2.0
#include "validate/device/multi_gpu_player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "calibrate/comm/on_device.hpp"
#include "calibrate/comm/stand_in.hpp"
#include "calibrate/cupti/recorder.hpp"
#include "calibrate/device/device.hpp"
#include "validate/runner/diagnose.hpp"

namespace braid::gpu {
namespace {

using Clock = std::chrono::steady_clock;
void rest() { std::this_thread::sleep_for(std::chrono::microseconds(50)); }

}  // namespace

MultiGpuPlayer::MultiGpuPlayer(const GpuRunnerOptions& options, const RunRequest& request)
    : options_(options),
      program_(request.program),
      time_limit_s_(request.time_limit_s),
      instances_(instances_of(request.program)),
      plan_(issue_plan(request.program, MessageStreams::ordered)) {
  throw_if_any(check(options_, program_, gpu_count(), device_facts().sm_count));
  throw_if_any(check(program_, plan_));
  tags_ = op_tags(program_, instances_);
  for (std::size_t i = 0; i < instances_.size(); ++i) {
    // One NCCL kernel carries all messages of a batch.
    const std::vector<IssueStep>& steps = plan_[static_cast<std::size_t>(instances_[i].pp)].steps;
    for (std::size_t k = 1; k < steps.size(); ++k)
      if (steps[k].group != 0 && steps[k].group == steps[k - 1].group)
        tags_[i][steps[k].op] = tags_[i][steps[k - 1].op];
  }
  for (std::uint32_t i = 0; i < instances_.size(); ++i) make_rank(i);
  nccl_ = std::make_unique<NcclColumn>(program_, instances_, options_.collective_ctas);
}

MultiGpuPlayer::~MultiGpuPlayer() = default;

void MultiGpuPlayer::make_rank(std::uint32_t i) {
  const OnDevice there(static_cast<int>(i));
  load_stand_ins();
  ranks_.push_back(std::make_unique<Rank>());
  Rank& r = *ranks_.back();
  const auto pp = static_cast<std::size_t>(instances_[i].pp);
  std::vector<cudaStream_t> streams;
  for (const IssueStream& s : plan_[pp].streams) {
    const bool first = s.lane == Lane::tp || s.lane == Lane::pp || s.lane == Lane::dp;
    r.own.emplace_back(first ? Stream::Priority::highest : Stream::Priority::normal);
    streams.push_back(r.own.back());
  }
  r.kernels = std::make_unique<OpKernels>(
      program_, instances_[i].pp, KernelSite{.device = static_cast<int>(i), .sms = 0, .stream = streams.front()});
  r.queue = std::make_unique<RankQueue>(program_, program_.ranks[pp], plan_[pp], std::move(streams));
  BRAID_CUDA(cudaDeviceSynchronize());
}

StepResult MultiGpuPlayer::play(const StepRequest& request) {
  const auto until =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(time_limit_s_));
  open_ = false, stop_ = false;
  for (const auto& r : ranks_) r->state = Rank::State::busy, r->late = 0, r->failed = nullptr;
  for (std::uint32_t i = 0; i < ranks_.size(); ++i) {
    const OnDevice there(static_cast<int>(i));
    std::optional<RecordingTag> own;
    if (request.mark) own.emplace(kOwnTag);
    ranks_[i]->gate.close({ranks_[i]->mark}, time_limit_s_);
  }
  if (!request.gated) open();
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < ranks_.size(); ++i) threads.emplace_back([this, i, &request] { issue(i, request); });
  const auto all = [&](auto holds) { return std::all_of(ranks_.begin(), ranks_.end(), holds); };
  bool ended = false;
  while (!ended && Clock::now() < until) {
    if (all([](const auto& r) { return r->state != Rank::State::busy; })) open();
    ended = all([](const auto& r) { return r->state == Rank::State::done && (r->failed || r->finish.happened()); });
    if (!ended && std::any_of(ranks_.begin(), ranks_.end(),
                              [](const auto& r) { return r->state == Rank::State::done && r->failed; }))
      break;
    rest();
  }
  std::vector<Issue> issues;
  if (!ended) {
    issues = stuck();
    stop_ = true;
    open();
    nccl_->abort();
  }
  for (std::thread& t : threads) t.join();
  for (const auto& r : ranks_)
    if (r->failed) std::rethrow_exception(r->failed);
  if (!ended) throw RunFailed(std::move(issues));
  StepResult result;
  for (const auto& r : ranks_) {
    result.time = std::max(result.time, Seconds(elapsed_us(r->begin, r->finish) * 1e-6));
    result.late += r->late;
    result.released_by_host = result.released_by_host && !r->gate.gave_up();
  }
  most_late_ = std::max(most_late_, result.late);
  return result;
}

void MultiGpuPlayer::open() {
  if (open_.exchange(true)) return;
  for (const auto& r : ranks_) r->gate.open();
}

void MultiGpuPlayer::issue(std::uint32_t i, const StepRequest& request) {
  Rank& r = *ranks_[i];
  try {
    BRAID_CUDA(cudaSetDevice(static_cast<int>(i)));
    {
      std::optional<RecordingTag> tag;
      if (request.mark) tag.emplace(request.mark);
      mark_release(r.mark);
    }
    BRAID_CUDA(cudaEventRecord(r.begin, r.mark));
    BRAID_CUDA(cudaEventRecord(r.released, r.mark));
    r.queue->begin_step(r.released);
    const std::vector<IssueStep>& steps = r.queue->plan().steps;
    for (std::size_t k = 0; k < steps.size() && !stop_;) {
      std::size_t count = 1;
      while (steps[k].group != 0 && k + count < steps.size() && steps[k + count].group == steps[k].group) ++count;
      for (std::size_t n = k; n < k + count; ++n)
        while (!r.queue->fits(steps[n]) && !stop_) {
          r.state = open_ ? Rank::State::busy : Rank::State::full;
          rest();
        }
      r.state = Rank::State::busy;
      if (!stop_) enqueue(i, k, count, request.mark != 0);
      k += count;
    }
    r.queue->end_step(r.end);
    BRAID_CUDA(cudaEventRecord(r.finish, r.end));
  } catch (...) { r.failed = std::current_exception(); }
  r.state = Rank::State::done;
}

void MultiGpuPlayer::enqueue(std::uint32_t i, std::size_t first, std::size_t count, bool tagged) {
  Rank& r = *ranks_[i];
  const std::vector<IssueStep>& steps = r.queue->plan().steps;
  const IssueStep& head = steps[first];
  const Op& op = r.queue->rank().ops[head.op];
  if (options_.omitted && options_.omitted->rank == instances_[i].rank && options_.omitted->op == head.op) return;
  if (open_ && op.lane == Lane::compute && r.queue->host_is_late(head, static_cast<std::uint32_t>(first))) ++r.late;
  for (std::size_t k = first; k < first + count; ++k) r.queue->wait(steps[k]);
  {
    std::optional<RecordingTag> tag;
    if (tagged) tag.emplace(tags_[i][head.op]);
    if (const WorkKind kind = program_.works[op.work].kind; kind == WorkKind::compute || kind == WorkKind::copy) {
      r.kernels->enqueue(head.op, r.queue->stream(head));
    } else {
      NcclCalls calls;
      for (std::size_t k = first; k < first + count; ++k) communicate(i, steps[k]);
      calls.launch();
    }
  }
  for (std::size_t k = first; k < first + count; ++k) r.queue->record(steps[k]);
}

void MultiGpuPlayer::communicate(std::uint32_t i, const IssueStep& step) {
  Rank& r = *ranks_[i];
  const Op& op = r.queue->rank().ops[step.op];
  const WorkItem& work = program_.works[op.work];
  const CommBuffers b = r.kernels->buffers(step.op);
  const cudaStream_t s = r.queue->stream(step);
  if (op.message != kNoMessage) {
    const Message& m = program_.messages[op.message];
    const NcclColumn::Channel c = nccl_->channel(i, m.from, m.to);
    if (op.key.kind == OpKind::send) {
      BRAID_NCCL(ncclSend(b.in, b.elements, ncclBfloat16, c.peer, c.comm, s));
    } else {
      BRAID_NCCL(ncclRecv(b.out, b.elements, ncclBfloat16, c.peer, c.comm, s));
    }
    return;
  }
  const NcclColumn::Member& group = nccl_->group(i, work.scope);
  if (!group.comm) return;
  const std::size_t share = b.elements / static_cast<std::size_t>(group.size);
  switch (work.collective) {
    case OpKind::all_gather:
      BRAID_NCCL(ncclAllGather(b.in, b.out, share, ncclBfloat16, group.comm, s));
      break;
    case OpKind::reduce_scatter:
      BRAID_NCCL(ncclReduceScatter(b.in, b.out, share, ncclBfloat16, ncclSum, group.comm, s));
      break;
    default:
      BRAID_NCCL(ncclAllReduce(b.in, b.out, b.elements, ncclBfloat16, ncclSum, group.comm, s));
      break;
  }
}

std::vector<Issue> MultiGpuPlayer::stuck() const {
  std::vector<InstanceProgress> progress;
  for (std::uint32_t i = 0; i < ranks_.size(); ++i) progress.push_back(ranks_[i]->queue->progress(instances_[i]));
  std::vector<Issue> issues = diagnose(program_, progress);
  if (issues.empty()) issues.push_back({"step", "all ops ended, but not the step"});
  return issues;
}

std::vector<Bytes> MultiGpuPlayer::held() const {
  std::vector<Bytes> bytes;
  for (const auto& r : ranks_) bytes.push_back(r->kernels->held());
  return bytes;
}

std::vector<std::string> MultiGpuPlayer::notes() const {
  std::vector<std::string> lines = ranks_.front()->kernels->notes();
  lines.push_back(ahead_note(most_late_));
  return lines;
}

}  // namespace braid::gpu
