// SPDX-License-Identifier: Apache-2.0
// The streams, rings and peers of a player, made before the first step.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "calibrate/device/check.hpp"
#include "calibrate/device/probe.hpp"
#include "validate/device/one_gpu_player.hpp"

namespace braid::gpu {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;
constexpr std::size_t kHardwareQueues = 32;  // as many as CUDA_DEVICE_MAX_CONNECTIONS grants at most

int highest_priority() {
  int lowest = 0, highest = 0;
  BRAID_CUDA(cudaDeviceGetStreamPriorityRange(&lowest, &highest));
  return highest;
}

bool goes_first(Lane lane) { return lane == Lane::tp || lane == Lane::pp || lane == Lane::dp; }

/// Of one group of messages.
std::size_t most_sends_together(const Program& program, const RankIssue& plan, std::size_t pp) {
  std::size_t most = 0, sends = 0;
  std::uint32_t group = 0;
  for (const IssueStep& s : plan.steps) {
    if (s.group == 0 || s.group != group) sends = 0;
    group = s.group;
    const Op& op = program.ranks[pp].ops[s.op];
    if (group != 0 && op.key.kind == OpKind::send) most = std::max(most, ++sends);
  }
  return most;
}

}  // namespace

void OneGpuPlayer::make_streams() {
  if (!replay())
    partitions_ =
        std::make_unique<Partitions>(static_cast<unsigned>(instances_.size()), static_cast<unsigned>(options_.sms));
  const int first = highest_priority();
  std::size_t count = 3;  // the gate's, the mark's, the end's
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    const RankIssue& plan = plan_[static_cast<std::size_t>(instances_[i].pp)];
    std::vector<cudaStream_t> streams;
    if (!replay()) {
      for (const IssueStream& s : plan.streams)
        streams.push_back(s.lane == Lane::compute ? partitions_->stream(i)
                                                  : partitions_->add_stream(i, goes_first(s.lane) ? first : 0));
      count += streams.size();
    } else {
      // A replay has a plan stream for each of its messages and delays; here one for sends, receives, and delays each.
      std::vector<int> key_of(plan.streams.size(), 0);
      for (const IssueStep& s : plan.steps) {
        const Op& op = op_of(i, s.op);
        const bool sends = op.key.kind == OpKind::send;
        key_of[s.stream] =
            16 * static_cast<int>(op.lane) + 2 * static_cast<int>(role_of(program_, op)) + static_cast<int>(sends);
      }
      std::vector<int> keys;
      for (std::size_t s = 0; s < plan.streams.size(); ++s) {
        auto at = std::find(keys.begin(), keys.end(), key_of[s]);
        if (at == keys.end()) {
          own_streams_.emplace_back(goes_first(plan.streams[s].lane) ? Stream::Priority::highest
                                                                     : Stream::Priority::normal);
          at = keys.insert(keys.end(), key_of[s]);
        }
        streams.push_back(own_streams_[static_cast<std::size_t>(at - keys.begin())]);
      }
      count += own_streams_.size();
    }
    streams_.push_back(std::move(streams));
    sent_.emplace_back(Event::Kind::untimed);
    beside_.emplace_back();
    for (std::size_t n = 1; n < most_sends_together(program_, plan, static_cast<std::size_t>(instances_[i].pp));
         ++n, ++count)
      beside_.back().push_back(partitions_->add_stream(i, first));
  }
  // On a shared queue a ring could stand behind the kernels that wait for it.
  if (count > kHardwareQueues && program_.placement.tp * program_.placement.dp > 1)
    throw Error("--placement partition",
                fmt::format("needs {} streams; a GPU has {} hardware queues", count, kHardwareQueues));
  for (const auto* all : {&streams_, &beside_})
    for (const auto& streams : *all)
      for (const cudaStream_t s : std::set<cudaStream_t>(streams.begin(), streams.end()))
        spin(1, 1e-6, s);  // see PartitionRing::enqueue
  for (const Stream* s : {&mark_, &end_, &control_}) spin(1, 1e-6, *s);
}

void OneGpuPlayer::make_rings() {
  for (const Scope scope : {Scope::tp, Scope::dp}) {
    if ((scope == Scope::tp ? program_.placement.tp : program_.placement.dp) == 1) continue;
    for (std::uint32_t i = 0; i < instances_.size(); ++i) {
      std::vector<std::uint32_t> members = group_of(instances_, i, scope);
      if (members.front() != i) continue;
      // Beyond the step's own limit: the watch comes first, and knows what is stuck.
      rings_.push_back({std::make_unique<PartitionRing>(static_cast<int>(members.size()), options_.collective_ctas,
                                                        2 * time_limit_s_),
                        std::move(members)});
    }
  }
}

const OneGpuPlayer::Ring& OneGpuPlayer::ring_of(std::uint32_t instance, Scope scope) const {
  const std::vector<std::uint32_t> members = group_of(instances_, instance, scope);
  const auto at = std::find_if(rings_.begin(), rings_.end(), [&](const Ring& r) { return r.members == members; });
  BRAID_CHECK(at != rings_.end(), "every group of more than one has a ring");
  return *at;
}

void OneGpuPlayer::find_peer_waits() {
  std::vector<double> due;
  peer_wait_of_.assign(program_.ranks.front().ops.size(), kNone);
  for (const PeerWait& w : peer_waits(program_, costs_)) {
    peer_wait_of_[w.op] = static_cast<std::uint32_t>(peer_waits_.size());
    peer_waits_.push_back(w);
    due.push_back(w.due_s);
  }
  if (!due.empty()) clock_ = std::make_unique<PeerClock>(std::move(due));
}

}  // namespace braid::gpu
