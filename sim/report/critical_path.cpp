// SPDX-License-Identifier: Apache-2.0
#include "sim/report/critical_path.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace braid {
namespace {

struct Place {
  std::size_t rank = 0;  ///< position in the timeline
  std::uint32_t op = 0;
};

class Walker {
 public:
  explicit Walker(const Played& played) : played_(played) {
    const Program& program = *played.program;
    for (const RankProgram& rank : program.ranks) before_.push_back(ops_before(rank));
    of_batch_.resize(program.batch_size.size());
    for (std::uint32_t m = 0; m < program.messages.size(); ++m) of_batch_[program.messages[m].batch].push_back(m);
  }

  std::optional<Place> last() {
    best_.reset();
    for (std::size_t rank = 0; rank < played_.ranks.size(); ++rank) {
      for (std::uint32_t op = 0; op < played_.ops(rank).ops.size(); ++op) offer({rank, op});
    }
    return best_;
  }

  /// What ended last of what it waited for.
  std::optional<Place> before(const Place& at) {
    best_.reset();
    const Op& op = played_.ops(at.rank).ops[at.op];
    const WorkItem& work = played_.program->works[op.work];
    if (op.message != kNoMessage) {
      offer_posts(at.rank, played_.program->messages[op.message].batch);
    } else if (work.kind == WorkKind::collective) {
      for (const std::size_t peer : played_.group(at.rank, work.scope)) offer_own({peer, at.op});
    } else {
      offer_own(at);
    }
    return best_;
  }

  /// A message is its sender's op.
  Place normal(const Place& at) const {
    const Op& op = played_.ops(at.rank).ops[at.op];
    if (op.message == kNoMessage) return at;
    const Message& m = played_.program->messages[op.message];
    return {played_.pipeline_peer(at.rank, m.from), m.send_op};
  }

 private:
  void offer(const Place& place) {
    const auto order = [&](const Place& p) {
      return std::tuple(-played_.end(p.rank, p.op), played_.ops(p.rank).ops[p.op].lane, p.rank, p.op);
    };
    if (!best_ || order(place) < order(*best_)) best_ = place;
  }
  void offer_own(const Place& at) {
    const RankProgram& program = played_.ops(at.rank);
    for (const std::uint32_t dep : program.deps_of(program.ops[at.op])) offer({at.rank, dep});
    const std::uint32_t before = before_[static_cast<std::size_t>(played_.ranks[at.rank].pp)][at.op];
    if (before != kNoOp) offer({at.rank, before});
  }
  void offer_posts(std::size_t rank, std::uint32_t batch) {
    const Program& program = *played_.program;
    const bool waits_for_receivers = program.batch_size[batch] > of_batch_[batch].size();
    for (const std::uint32_t number : of_batch_[batch]) {
      const Message& m = program.messages[number];
      offer_own({played_.pipeline_peer(rank, m.from), m.send_op});
      if (waits_for_receivers) offer_own({played_.pipeline_peer(rank, m.to), m.recv_op});
    }
  }

  const Played& played_;
  std::vector<std::vector<std::uint32_t>> before_;  ///< by pipeline rank and op: the op before it on its ordered lane
  std::vector<std::vector<std::uint32_t>> of_batch_;
  std::optional<Place> best_;
};

}  // namespace

std::vector<PathOp> critical_path(const Played& played) {
  throw_if_any(played.faults);
  Walker walker(played);
  std::vector<PathOp> path;
  for (std::optional<Place> at = walker.last(); at;) {
    const std::optional<Place> before = walker.before(*at);
    const Seconds until = before ? played.span(before->rank, before->op).end : Seconds(0);
    const Seconds end = played.span(at->rank, at->op).end;
    const Place place = walker.normal(*at);
    path.push_back({.rank = place.rank,
                    .pp = played.ranks[place.rank].pp,
                    .op = place.op,
                    .lane = played.ops(place.rank).ops[place.op].lane,
                    .key = played.span(place.rank, place.op).key,
                    .share = end - until});
    at = before;
  }
  std::ranges::reverse(path);
  return path;
}

double path_agreement(const std::vector<PathOp>& predicted, const std::vector<PathOp>& measured) {
  std::set<std::pair<int, std::uint32_t>> on_path;
  for (const PathOp& one : predicted) on_path.emplace(one.pp, one.op);
  Seconds both{}, all{};
  for (const PathOp& one : measured) {
    all += one.share;
    if (on_path.contains({one.pp, one.op})) both += one.share;
  }
  return all.value > 0 ? both / all : 1;
}

std::array<Seconds, kLanes> time_by_lane(const std::vector<PathOp>& path) {
  std::array<Seconds, kLanes> time{};
  for (const PathOp& one : path) time[static_cast<std::size_t>(one.lane)] += one.share;
  return time;
}

}  // namespace braid
