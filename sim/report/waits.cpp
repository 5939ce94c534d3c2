// SPDX-License-Identifier: Apache-2.0
#include "sim/report/waits.hpp"

#include <algorithm>
#include <utility>

#include "sim/report/metrics.hpp"

namespace braid {
namespace {

/// SimGrid keeps times to a nanosecond (its default precision/timing), so two of them may differ by twice that.
constexpr double kClockSlack = 2e-9;
constexpr double kRelativeSlack = 1e-9;

/// Lanes in the order in which bubbles are blamed on them when two end together.
int lane_order(Lane lane) {
  switch (lane) {
    case Lane::tp:
      return 0;
    case Lane::pp:
      return 1;
    case Lane::dp:
      return 2;
    case Lane::h2d:
    case Lane::d2h:
      return 3;
    case Lane::host:
      return 4;
    case Lane::compute:
      return 5;
  }
  return 6;
}

}  // namespace

Cause cause_in_flight(Lane lane) {
  switch (lane) {
    case Lane::tp:
      return Cause::tp;
    case Lane::pp:
      return Cause::pp_transfer;
    case Lane::dp:
      return Cause::dp;
    case Lane::h2d:
    case Lane::d2h:
      return Cause::offload;
    case Lane::host:
      return Cause::host;
    case Lane::compute:
      break;
  }
  BRAID_CHECK(false, "computing is not idle");
}

Cause cause_in_flight(const Op& op) {
  return stands_for_peer(op.key, op.lane) ? Cause::pp_wait : cause_in_flight(op.lane);
}

Waits::Waits(const Played& played, const Launches& launches)
    : played_(&played), slack_(kClockSlack + kRelativeSlack * played.timeline->step_time.value) {
  const Program& program = *played.program;
  if (!launches.empty()) {
    for (int pp = 0; pp < program.placement.pp; ++pp) plans_.push_back(host_plan(program, pp, launches));
    for (std::size_t rank = 0; rank < played.ranks.size(); ++rank) {
      HostLane& host = hosts_.emplace_back(plans_[static_cast<std::size_t>(played.ranks[rank].pp)]);
      const std::vector<Op>& ops = played.ops(rank).ops;
      for (std::uint32_t op = 0; op < ops.size(); ++op) {
        if (ops[op].message != kNoMessage) host.message_ended(op, played.end(rank, op));
      }
    }
  }
  for (const RankProgram& rank : program.ranks) {
    std::array<std::uint32_t, kLanes> last;
    last.fill(kNoWaiter);
    before_.push_back(ops_before(rank));
    for (std::uint32_t op = 0; op < rank.ops.size(); ++op) last[static_cast<std::size_t>(rank.ops[op].lane)] = op;
    for (const Lane lane : {Lane::compute, Lane::pp, Lane::host}) last[static_cast<std::size_t>(lane)] = kNoWaiter;
    last_.push_back(last);
  }
  std::vector<std::uint32_t> sends(program.batch_size.size(), 0);
  for (const Message& m : program.messages) ++sends[m.batch];
  for (const Message& m : program.messages) {
    posted_.push_back({m.batch, m.from, m.send_op});
    const bool waits_for_receivers = program.batch_size[m.batch] > sends[m.batch];
    if (waits_for_receivers) posted_.push_back({m.batch, m.to, m.recv_op});
  }
  std::stable_sort(posted_.begin(), posted_.end(), [](auto& a, auto& b) { return a.batch < b.batch; });
  posted_begin_.assign(program.batch_size.size() + 1, 0);
  for (const Posted& p : posted_) ++posted_begin_[p.batch + 1];
  for (std::size_t b = 1; b < posted_begin_.size(); ++b) posted_begin_[b] += posted_begin_[b - 1];
}

template <typename Take>
void Waits::own_waits(std::size_t rank, std::uint32_t op, Take take) const {
  const RankProgram& program = played_->ops(rank);
  for (const std::uint32_t dep : program.deps_of(program.ops[op])) take(dep);
  const std::uint32_t before = before_[static_cast<std::size_t>(played_->ranks[rank].pp)][op];
  if (before != kNoWaiter) take(before);
}

double Waits::ready(std::size_t rank, std::uint32_t op) const {
  double when = launched(rank, op);
  own_waits(rank, op, [&](std::uint32_t dep) { when = std::max(when, played_->end(rank, dep)); });
  return when;
}

bool Waits::outranks(const Wait& a, const Wait& b) const {
  if (b.kind == Wait::Kind::nothing) return true;
  if (a.end < b.end - slack_) return false;
  if (a.end > b.end + slack_) return true;
  const int a_order = lane_order(played_->ops(a.rank).ops[a.op].lane);
  const int b_order = lane_order(played_->ops(b.rank).ops[b.op].lane);
  if (a_order != b_order) return a_order < b_order;
  // pp_wait comes before pp_transfer: another rank's post before any transfer, the last transfer to start before
  // others.
  if (a.kind != b.kind) return a.kind == Wait::Kind::others;
  return a.kind == Wait::Kind::own_op && played_->start(a.rank, a.op) > played_->start(b.rank, b.op);
}

void Waits::offer(const Wait& candidate, double from, Wait& latest) const {
  if (candidate.end >= from - slack_ && outranks(candidate, latest)) latest = candidate;
}

void Waits::offer_own(std::size_t rank, std::uint32_t op, double from, Wait& latest) const {
  own_waits(rank, op, [&](std::uint32_t dep) {
    // The compute lane is idle, so whatever it ran has ended.
    if (played_->ops(rank).ops[dep].lane == Lane::compute) return;
    offer({.kind = Wait::Kind::own_op, .end = played_->end(rank, dep), .rank = rank, .op = dep}, from, latest);
  });
}

void Waits::offer_peers(std::size_t rank, std::uint32_t op, double from, Wait& latest) const {
  const Op& me = played_->ops(rank).ops[op];
  const WorkItem& work = played_->program->works[me.work];
  if (work.kind != WorkKind::collective) return;
  const Cause cause = cause_in_flight(me.lane);
  const double mine = ready(rank, op);
  for (const std::size_t peer : played_->group(rank, work.scope)) {
    const double theirs = ready(peer, op);
    // Peers that come no later than this rank hold nothing back; so folded and unfolded runs agree.
    if (theirs <= mine + slack_) continue;
    offer({.kind = Wait::Kind::others, .end = theirs, .cause = cause, .rank = peer, .op = op}, from, latest);
  }
}

void Waits::offer_batch(std::size_t rank, std::uint32_t message, double from, Wait& latest) const {
  const std::uint32_t batch = played_->program->messages[message].batch;
  for (std::uint32_t i = posted_begin_[batch]; i < posted_begin_[batch + 1]; ++i) {
    const std::size_t on = played_->pipeline_peer(rank, posted_[i].pp);
    const std::uint32_t op = posted_[i].op;
    if (on == rank) {
      offer_own(rank, op, from, latest);
    } else {
      offer({.kind = Wait::Kind::others, .end = ready(on, op), .cause = Cause::pp_wait, .rank = on, .op = op}, from,
            latest);
    }
  }
}

Wait Waits::latest(std::size_t rank, std::uint32_t op, double from) const {
  Wait latest;
  const std::vector<Op>& ops = played_->ops(rank).ops;
  if (op == kNoWaiter) {
    for (const std::uint32_t last : last_[static_cast<std::size_t>(played_->ranks[rank].pp)]) {
      if (last == kNoWaiter) continue;
      offer({.kind = Wait::Kind::own_op, .end = played_->end(rank, last), .rank = rank, .op = last}, from, latest);
    }
  } else if (ops[op].message != kNoMessage) {
    offer_batch(rank, ops[op].message, from, latest);
  } else {
    offer_own(rank, op, from, latest);
    offer_peers(rank, op, from, latest);
  }
  return latest;
}

bool Waits::host_can_hold(std::size_t rank, std::uint32_t op, double time) const {
  if (played_->timeline->provenance.kind == "measured") return true;
  if (op == kNoWaiter) return false;
  const std::uint32_t message = played_->ops(rank).ops[op].message;
  double launch = launched(rank, op);
  if (message != kNoMessage) {
    const std::uint32_t batch = played_->program->messages[message].batch;
    for (std::uint32_t i = posted_begin_[batch]; i < posted_begin_[batch + 1]; ++i) {
      launch = std::max(launch, launched(played_->pipeline_peer(rank, posted_[i].pp), posted_[i].op));
    }
  }
  return time <= launch + slack_;
}

double Waits::end_of_own_lanes(std::size_t rank) const {
  double end = 0;
  for (const std::uint32_t last : last_[static_cast<std::size_t>(played_->ranks[rank].pp)]) {
    if (last != kNoWaiter) end = std::max(end, played_->end(rank, last));
  }
  return end;
}

}  // namespace braid
