// SPDX-License-Identifier: Apache-2.0
#include "validate/device/one_gpu_player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "calibrate/comm/idle_within.hpp"
#include "calibrate/comm/stand_in.hpp"
#include "calibrate/cupti/recorder.hpp"
#include "calibrate/device/probe.hpp"
#include "validate/runner/diagnose.hpp"

namespace braid::gpu {
namespace {

using Clock = std::chrono::steady_clock;

RingOp ring_op(OpKind kind) {
  switch (kind) {
    case OpKind::all_gather:
      return RingOp::all_gather;
    case OpKind::reduce_scatter:
      return RingOp::reduce_scatter;
    default:
      return RingOp::all_reduce;
  }
}

}  // namespace

/// How long the step may still take.
class OneGpuPlayer::Watch {
 public:
  explicit Watch(double limit_s)
      : until_(Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limit_s))) {}
  bool over() const { return Clock::now() > until_; }
  static void rest() { std::this_thread::sleep_for(std::chrono::microseconds(50)); }

 private:
  Clock::time_point until_;
};

OneGpuPlayer::OneGpuPlayer(const GpuRunnerOptions& options, const RunRequest& request)
    : options_(with_defaults(options)),
      program_(request.program),
      costs_(request.costs),
      time_limit_s_(request.time_limit_s),
      instances_(instances_of(request.program)),
      plan_(issue_plan(request.program, MessageStreams::ordered)),
      messages_of_(request.program.batch_size.size()) {
  int device = 0, sms = 0;
  BRAID_CUDA(cudaGetDevice(&device));
  BRAID_CUDA(cudaDeviceGetAttribute(&sms, cudaDevAttrMultiProcessorCount, device));
  throw_if_any(check(options_, program_, 1, sms));
  throw_if_any(check(program_, plan_));
  order_ = issue_order(program_, plan_, instances_);
  tags_ = op_tags(program_, instances_);
  if (!options_.sms)
    options_.sms =
        static_cast<int>(equal_partition(static_cast<unsigned>(sms), static_cast<unsigned>(instances_.size())));
  for (std::uint32_t m = 0; m < program_.messages.size(); ++m) messages_of_[program_.messages[m].batch].push_back(m);
  load_stand_ins();
  make_streams();
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    const KernelSite site{.device = device,
                          .sms = replay() ? 0 : static_cast<int>(partitions_->sms()),
                          .stream = compute_stream(i),
                          .context = replay() ? nullptr : partitions_->context(i)};
    kernels_.push_back(std::make_unique<OpKernels>(program_, instances_[i].pp, site));
    const auto pp = static_cast<std::size_t>(instances_[i].pp);
    queues_.push_back(std::make_unique<RankQueue>(program_, program_.ranks[pp], plan_[pp], streams_[i]));
    std::vector<std::uint32_t> groups(program_.ranks[pp].ops.size(), 0);
    std::vector<cudaStream_t> streams(groups.size());
    std::uint32_t most = 0;
    for (const IssueStep& s : plan_[pp].steps) {
      most = std::max(most, groups[s.op] = s.group);
      streams[s.op] = streams_[i][s.stream];
    }
    group_of_op_.push_back(std::move(groups));
    stream_of_op_.push_back(std::move(streams));
    posts_.emplace_back();
    for (std::uint32_t g = 0; g <= most; ++g) posts_.back().emplace_back(Event::Kind::untimed);
  }
  make_rings();
  if (replay()) find_peer_waits();
  BRAID_CUDA(cudaDeviceSynchronize());
}

OneGpuPlayer::~OneGpuPlayer() = default;

bool OneGpuPlayer::omits(std::uint32_t instance, std::uint32_t op) const {
  return options_.omitted && options_.omitted->rank == instances_[instance].rank && options_.omitted->op == op;
}

StepResult OneGpuPlayer::play(const StepRequest& request) {
  try {
    return play_step(request);
  } catch (const RunFailed&) { throw; } catch (...) {
    try {
      end_all();
    } catch (const Error&) {}  // the first fault is the one to tell
    throw;
  }
}

StepResult OneGpuPlayer::play_step(const StepRequest& request) {
  Watch watch(time_limit_s_);
  tagged_ = request.mark != 0;
  // Not for the whole step: every call under a tag is a record.
  std::optional<RecordingTag> own;
  late_ = 0;
  if (clock_) clock_->reset();
  if (tagged_) own.emplace(kOwnTag);
  gate_.close({mark_}, time_limit_s_);
  own.reset();
  open_ = false;
  {
    std::optional<RecordingTag> tag;
    if (tagged_) tag.emplace(request.mark);
    mark_release(mark_);
  }
  BRAID_CUDA(cudaEventRecord(begin_, mark_));
  BRAID_CUDA(cudaEventRecord(released_, mark_));
  for (const auto& q : queues_) q->begin_step(released_);
  if (!request.gated) open();
  for (const Turn& turn : order_) take_turn(turn, watch);
  for (const auto& q : queues_) q->end_step(end_);
  BRAID_CUDA(cudaEventRecord(finish_, end_));
  open();
  while (!finish_.happened()) {
    if (watch.over()) give_up();
    Watch::rest();
  }
  if (tagged_) own.emplace(kOwnTag);
  if (!rings_sound()) throw Error("ring", "a collective gave up though the step ended");
  most_late_ = std::max(most_late_, late_);
  return {.time = Seconds(elapsed_us(begin_, finish_) * 1e-6), .late = late_, .released_by_host = !gate_.gave_up()};
}

void OneGpuPlayer::open() {
  if (open_) return;
  open_ = true;
  gate_.open();
  if (clock_) clock_->start();
}

void OneGpuPlayer::make_room(std::uint32_t instance, const IssueStep& step, Watch& watch) {
  while (!queues_[instance]->fits(step)) {
    open();
    if (watch.over()) give_up();
    Watch::rest();
  }
}

void OneGpuPlayer::take_turn(const Turn& turn, Watch& watch) {
  switch (turn.kind) {
    case Turn::Kind::op:
      return turn_op(turn, watch);
    case Turn::Kind::collective:
      return turn_collective(turn, watch);
    case Turn::Kind::post:
      return turn_post(turn);
    case Turn::Kind::sends:
      return turn_sends(turn, watch);
    case Turn::Kind::receives:
      return turn_receives(turn, watch);
  }
}

void OneGpuPlayer::turn_op(const Turn& turn, Watch& watch) {
  RankQueue& queue = *queues_[turn.instance];
  const IssueStep& s = step(turn.instance, turn.first);
  const Op& op = op_of(turn.instance, s.op);
  make_room(turn.instance, s, watch);
  if (omits(turn.instance, s.op)) return;
  if (open_ && op.lane == Lane::compute && queue.host_is_late(s, turn.first)) ++late_;
  queue.wait(s);
  {
    std::optional<RecordingTag> tag;
    if (tagged_) tag.emplace(tags_[turn.instance][s.op]);
    switch (role_of(program_, op)) {
      case ReplayRole::kernels:
        kernels_[turn.instance]->enqueue(s.op, queue.stream(s));
        break;
      case ReplayRole::hold:
        if (const double seconds = costs_.duration[op.work].value; seconds > 0)
          hold_sms(op.lane == Lane::pp ? options_.message_ctas : options_.collective_ctas, seconds, queue.stream(s));
        break;
      case ReplayRole::peer_wait:
        clock_->enqueue_wait(peer_wait_of_[s.op], queue.stream(s));
        break;
    }
  }
  queue.record(s);
}

void OneGpuPlayer::turn_collective(const Turn& turn, Watch& watch) {
  const IssueStep& s = step(turn.instance, turn.first);
  const WorkItem& work = program_.works[op_of(turn.instance, s.op).work];
  const std::vector<std::uint32_t> members = group_of(instances_, turn.instance, work.scope);
  for (const std::uint32_t m : members) make_room(m, s, watch);
  for (const std::uint32_t m : members) queues_[m]->wait(s);
  enqueue_collective(turn.instance, s.op);
  for (const std::uint32_t m : members)
    if (!omits(m, s.op)) queues_[m]->record(s);
}

void OneGpuPlayer::enqueue_collective(std::uint32_t instance, std::uint32_t op) {
  const WorkItem& work = program_.works[op_of(instance, op).work];
  const std::vector<std::uint32_t> members = group_of(instances_, instance, work.scope);
  if (members.size() == 1 || !(work.bytes > Bytes(0))) return;
  const Ring& ring = ring_of(instance, work.scope);
  for (std::size_t r = 0; r < members.size(); ++r) {
    const std::uint32_t m = members[r];
    if (omits(m, op)) continue;
    const CommBuffers b = kernels_[m]->buffers(op);
    std::optional<RecordingTag> tag;
    if (tagged_) tag.emplace(tags_[m][op]);
    ring.ring->enqueue(static_cast<int>(r),
                       {.op = ring_op(work.collective),
                        .in = static_cast<const Bf16*>(b.in),
                        .out = static_cast<Bf16*>(b.out),
                        .count = b.elements,
                        .ctas = options_.collective_ctas},
                       stream_of(m, op));
  }
}

void OneGpuPlayer::turn_post(const Turn& turn) {
  const IssueStep& s = step(turn.instance, turn.first);
  queues_[turn.instance]->wait(s);
  BRAID_CUDA(cudaEventRecord(posts_[turn.instance][s.group], queues_[turn.instance]->stream(s)));
}

void OneGpuPlayer::wait_for_posts(std::uint32_t instance, const Turn& turn, cudaStream_t s) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> all;  // instance, group
  for (std::uint32_t k = 0; k < turn.count; ++k) {
    const Op& op = op_of(instance, step(instance, turn.first + k).op);
    for (const std::uint32_t message : messages_of_[program_.messages[op.message].batch]) {
      const Message& m = program_.messages[message];
      for (const auto& [pp, end] : {std::pair{m.from, m.send_op}, std::pair{m.to, m.recv_op}}) {
        const std::uint32_t at = pipeline_peer(instances_, instance, pp);
        all.insert({at, group_of_op_[at][end]});
      }
    }
  }
  for (const auto& [at, group] : all) BRAID_CUDA(cudaStreamWaitEvent(s, posts_[at][group]));
}

void OneGpuPlayer::turn_sends(const Turn& turn, Watch& watch) {
  RankQueue& queue = *queues_[turn.instance];
  const bool batched = program_.p2p == P2pMode::batched;
  if (batched) wait_for_posts(turn.instance, turn, queue.stream(step(turn.instance, turn.first)));
  std::size_t sent = 0;
  for (std::uint32_t k = 0; k < turn.count; ++k) {
    const IssueStep& s = step(turn.instance, turn.first + k);
    if (op_of(turn.instance, s.op).key.kind != OpKind::send || omits(turn.instance, s.op)) continue;
    make_room(turn.instance, s, watch);
    if (!batched) queue.wait(s);
    if (sent++ == 0) {
      enqueue_send(turn.instance, s.op, queue.stream(s));
    } else {
      // The messages of a batch are under way together.
      const cudaStream_t beside = beside_[turn.instance][sent - 2];
      wait_for_posts(turn.instance, turn, beside);
      enqueue_send(turn.instance, s.op, beside);
      BRAID_CUDA(cudaEventRecord(sent_[turn.instance], beside));
      BRAID_CUDA(cudaStreamWaitEvent(queue.stream(s), sent_[turn.instance]));
    }
    queue.record(s);
  }
}

void OneGpuPlayer::enqueue_send(std::uint32_t instance, std::uint32_t op, cudaStream_t stream) {
  const Message& m = program_.messages[op_of(instance, op).message];
  const CommBuffers from = kernels_[instance]->buffers(op);
  const CommBuffers to = kernels_[pipeline_peer(instances_, instance, m.to)]->buffers(m.recv_op);
  if (from.elements != to.elements)
    throw Error(to_text(op_of(instance, op).key),
                fmt::format("sends {} elements, {} are received", from.elements, to.elements));
  if (from.elements == 0) return;
  std::optional<RecordingTag> tag;
  if (tagged_) tag.emplace(tags_[instance][op]);
  copy_message(from.in, to.out, from.elements * sizeof(Bf16), options_.message_ctas, stream);
}

void OneGpuPlayer::turn_receives(const Turn& turn, Watch& watch) {
  RankQueue& queue = *queues_[turn.instance];
  for (std::uint32_t k = 0; k < turn.count; ++k) {
    const IssueStep& s = step(turn.instance, turn.first + k);
    const Op& op = op_of(turn.instance, s.op);
    if (op.key.kind != OpKind::recv || omits(turn.instance, s.op)) continue;
    make_room(turn.instance, s, watch);
    if (program_.p2p != P2pMode::batched) queue.wait(s);
    const Message& m = program_.messages[op.message];
    const RankQueue& sender = *queues_[pipeline_peer(instances_, turn.instance, m.from)];
    BRAID_CUDA(cudaStreamWaitEvent(queue.stream(s), sender.ended_event(m.send_op)));
    queue.record(s);
  }
}

void OneGpuPlayer::give_up() {
  std::vector<InstanceProgress> progress;
  for (std::uint32_t i = 0; i < instances_.size(); ++i) progress.push_back(queues_[i]->progress(instances_[i]));
  std::vector<Issue> stuck = diagnose(program_, progress);
  if (stuck.empty()) stuck.push_back({"step", "all ops ended, but not the step"});
  if (!end_all()) stuck.push_back({"GPU", "is still busy with this step"});
  throw RunFailed(std::move(stuck));
}

bool OneGpuPlayer::end_all() {
  open();
  if (clock_) clock_->release_all();
  for (const Ring& r : rings_) r.ring->give_up(control_);
  bool idle = true;
  for (const auto& streams : streams_)
    for (const cudaStream_t s : streams) idle = idle && idle_within(s, 3 * time_limit_s_);
  if (idle) rings_sound();
  return idle;
}

bool OneGpuPlayer::rings_sound() {
  bool sound = true;
  for (const Ring& r : rings_) sound = r.ring->recover_if_failed() && sound;
  return sound;
}

std::vector<HostSpan> OneGpuPlayer::host_spans() {
  std::vector<HostSpan> spans;
  if (!clock_) return spans;
  const std::vector<std::uint64_t> times = clock_->times_ns();
  // From the instant before it as that really came: counted back from its own, a late one would seem to overlap it. The
  // first one begins at the release, which the recording knows.
  for (std::size_t k = 0; k < times.size(); ++k) {
    const std::optional<std::uint32_t> after = peer_waits_[k].after;
    spans.push_back(
        {.instance = 0, .op = peer_waits_[k].op, .start_ns = after ? times[*after] : 0, .end_ns = times[k]});
  }
  return spans;
}

std::vector<Bytes> OneGpuPlayer::held() const {
  std::vector<Bytes> bytes;
  for (const auto& k : kernels_) bytes.push_back(k->held());
  return bytes;
}

std::string OneGpuPlayer::sanity_note() const {
  for (std::uint32_t i = 0; i < instances_.size(); ++i)
    if (!kernels_[i]->finite())
      return fmt::format(
          "WEIGHTS OR GRADIENTS OF RANK {} ARE NO LONGER NUMBERS: products of such operands draw less "
          "power and run faster than real ones",
          instances_[i].rank);
  return "";
}

std::vector<std::string> OneGpuPlayer::notes() const {
  std::vector<std::string> lines;
  if (const std::string note = sanity_note(); !note.empty()) lines.push_back(note);
  for (const auto& k : kernels_)
    for (const std::string& line : k->notes())
      if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  if (replay()) {
    lines.push_back(
        fmt::format("collectives and messages hold {} and {} SMs for their predicted time, and move no bytes",
                    options_.collective_ctas, options_.message_ctas));
  } else {
    lines.push_back(
        fmt::format("{} partitions of {} SMs; collectives of {} blocks, messages of {}, over this GPU's memory",
                    instances_.size(), partitions_->sms(), options_.collective_ctas, options_.message_ctas));
  }
  lines.push_back(ahead_note(most_late_));
  return lines;
}

}  // namespace braid::gpu
