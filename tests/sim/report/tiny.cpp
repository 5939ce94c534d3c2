// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/report/tiny.hpp"

#include <algorithm>
#include <map>

#include "sim/cost/host_lane.hpp"

namespace braid::tiny {
namespace {

/// A play in progress: start and end of each op of each played rank.
struct Clocks {
  std::vector<std::vector<double>> start, end;
};

}  // namespace

Tiny::Tiny(int pipeline_ranks, int tp, int dp) : seconds_(static_cast<std::size_t>(pipeline_ranks)) {
  program_.schedule = "tiny";
  program_.placement = {.tp = tp, .pp = pipeline_ranks, .dp = dp};
  program_.ranks.resize(static_cast<std::size_t>(pipeline_ranks));
}

std::uint32_t Tiny::add(int rank, Op op, const WorkItem& work, double seconds, const Deps& deps) {
  const auto r = static_cast<std::size_t>(rank);
  RankProgram& ops = program_.ranks[r];
  op.key.rank = rank;
  op.key.index = static_cast<std::int32_t>(ops.ops.size());
  op.work = static_cast<std::uint16_t>(program_.works.size());
  program_.works.push_back(work);
  program_.works.back().compute.kernels = work.kind == WorkKind::compute ? kernels_ : 1;
  op.dep_begin = static_cast<std::uint32_t>(ops.deps.size());
  op.dep_count = static_cast<std::uint16_t>(deps.size());
  ops.deps.insert(ops.deps.end(), deps.begin(), deps.end());
  ops.ops.push_back(op);
  seconds_[r].push_back(seconds);
  return static_cast<std::uint32_t>(ops.ops.size() - 1);
}

std::uint32_t Tiny::compute(int rank, double seconds, Deps deps, OpKind kind) {
  Op op;
  op.key.kind = kind;
  return add(rank, op, {}, seconds, deps);
}

std::uint32_t Tiny::compute_with_memory(int rank, double seconds, Deps deps, double alloc, double release) {
  WorkItem work;
  work.alloc = Bytes(alloc);
  work.release = Bytes(release);
  return add(rank, {}, work, seconds, deps);
}

std::uint32_t Tiny::collective(int rank, Lane lane, double seconds, Deps deps) {
  Op op;
  op.key.kind = OpKind::all_reduce;
  op.lane = lane;
  WorkItem work;
  work.kind = WorkKind::collective;
  work.scope = lane == Lane::dp ? Scope::dp : Scope::tp;
  return add(rank, op, work, seconds, deps);
}

std::uint32_t Tiny::copy(int rank, Lane lane, double seconds, Deps deps) {
  Op op;
  op.key.kind = lane == Lane::d2h ? OpKind::copy_out : OpKind::copy_in;
  op.lane = lane;
  WorkItem work;
  work.kind = WorkKind::copy;
  return add(rank, op, work, seconds, deps);
}

Sent Tiny::eager(int from, int to, double seconds, Deps send_deps) {
  const std::vector<Sent> sent = batch({{from, to, seconds, std::move(send_deps), {}}});
  program_.batch_size.back() = 1;
  return sent[0];
}

std::vector<Sent> Tiny::batch(const std::vector<Post>& posts) {
  const auto number = static_cast<std::uint32_t>(program_.batch_size.size());
  program_.batch_size.push_back(static_cast<std::uint32_t>(2 * posts.size()));
  WorkItem work;
  work.kind = WorkKind::message;
  std::vector<Sent> sent;
  for (const Post& post : posts) {
    Op op;
    op.lane = Lane::pp;
    op.message = static_cast<std::uint32_t>(program_.messages.size());
    op.key.kind = OpKind::send;
    const std::uint32_t send = add(post.from, op, work, post.seconds, post.send_deps);
    op.key.kind = OpKind::recv;
    const std::uint32_t recv = add(post.to, op, work, post.seconds, post.recv_deps);
    program_.messages.push_back({post.from, post.to, send, recv, number});
    sent.push_back({send, recv});
  }
  return sent;
}

Launches Tiny::launches(double launch) const {
  if (launch == 0) return {};
  std::vector<Seconds> alone(program_.works.size());
  for (std::size_t rank = 0; rank < seconds_.size(); ++rank) {
    for (std::size_t k = 0; k < seconds_[rank].size(); ++k) {
      alone[program_.ranks[rank].ops[k].work] = Seconds(seconds_[rank][k]);
    }
  }
  return launches_of(program_, alone, Seconds(launch));
}

std::vector<double> Tiny::issued(int rank, double launch, const std::vector<double>& end) const {
  const std::vector<Op>& ops = program_.ranks[static_cast<std::size_t>(rank)].ops;
  std::vector<double> starts;
  double now = 0;
  for (std::uint32_t k = 0; k < ops.size(); ++k) {
    if (program_.host_waits && ops[k].message == kNoMessage) {
      for (std::uint32_t before = k; before-- > 0 && ops[before].message != kNoMessage;) {
        now = std::max(now, end[before]);
      }
    }
    // n equal kernels: a start lets each of them follow the one before it if the first is launched, and the last.
    const int n = program_.works[ops[k].work].compute.kernels;
    const double first = now + launch, all = seconds(rank, k);
    now += n * launch;
    starts.push_back(launch == 0 ? 0 : std::max(first, now + all / n - all));
  }
  return starts;
}

Timeline Tiny::play(const Play& how) const {
  const Placement& p = program_.placement;
  const int tp = how.unfold ? p.tp : 1, dp = how.unfold ? p.dp : 1;
  // Instance (tp, pp, dp) is number (pp * dp_count + dp) * tp_count + tp.
  const auto instance = [&](int t, int r, int d) { return static_cast<std::size_t>((r * dp + d) * tp + t); };
  const std::size_t instances = static_cast<std::size_t>(p.pp * dp * tp);
  const auto pp_of = [&](std::size_t i) { return static_cast<int>(i) / (tp * dp); };
  const auto gpu_of = [&](std::size_t i) {
    const int n = static_cast<int>(i);
    return how.unfold ? p.gpu(n % tp, n / (tp * dp), n / tp % dp) : pp_of(i);
  };
  Clocks clocks{std::vector<std::vector<double>>(instances), std::vector<std::vector<double>>(instances)};
  const auto ops_of = [&](std::size_t i) -> const RankProgram& {
    return program_.ranks[static_cast<std::size_t>(pp_of(i))];
  };
  for (std::size_t i = 0; i < instances; ++i) {
    clocks.start[i].assign(ops_of(i).ops.size(), 0);
    clocks.end[i] = clocks.start[i];
  }
  std::vector<std::vector<double>> issued(instances);
  const auto ready = [&](std::size_t i, std::uint32_t k) {
    const RankProgram& rank = ops_of(i);
    double when = issued[i][k];
    for (const std::uint32_t dep : rank.deps_of(rank.ops[k])) when = std::max(when, clocks.end[i][dep]);
    for (std::uint32_t before = k; before-- > 0 && rank.ops[k].lane != Lane::pp;) {
      if (rank.ops[before].lane != rank.ops[k].lane) continue;
      when = std::max(when, clocks.end[i][before]);
      break;
    }
    return when;
  };
  const auto starts = [&](std::size_t i, std::uint32_t k) {
    const Op& op = ops_of(i).ops[k];
    const int n = static_cast<int>(i), my_tp = n % tp, my_dp = n / tp % dp;
    double when = 0;
    if (op.message != kNoMessage) {
      const std::uint32_t batch = program_.messages[op.message].batch;
      const auto in_batch = std::count_if(program_.messages.begin(), program_.messages.end(),
                                          [&](const Message& m) { return m.batch == batch; });
      for (const Message& m : program_.messages) {
        if (m.batch != batch) continue;
        when = std::max(when, ready(instance(my_tp, m.from, my_dp), m.send_op));
        if (program_.batch_size[batch] > in_batch)
          when = std::max(when, ready(instance(my_tp, m.to, my_dp), m.recv_op));
      }
      return when;
    }
    when = ready(i, k);
    const WorkItem& work = program_.works[op.work];
    if (work.kind == WorkKind::collective && work.scope == Scope::tp) {
      for (int t = 0; t < tp; ++t) when = std::max(when, ready(instance(t, pp_of(i), my_dp), k));
    } else if (work.kind == WorkKind::collective) {
      for (int d = 0; d < dp; ++d) when = std::max(when, ready(instance(my_tp, pp_of(i), d), k));
    }
    return when;
  };
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < instances; ++i) issued[i] = this->issued(pp_of(i), how.launch, clocks.end[i]);
    for (std::size_t i = 0; i < instances; ++i) {
      for (std::uint32_t k = 0; k < ops_of(i).ops.size(); ++k) {
        const bool computes = ops_of(i).ops[k].lane == Lane::compute;
        const double factor = computes && how.slowdown ? how.slowdown(gpu_of(i)) : 1;
        const double start = starts(i, k), end = start + factor * seconds(pp_of(i), k);
        moved = moved || start != clocks.start[i][k] || end != clocks.end[i][k];
        clocks.start[i][k] = start;
        clocks.end[i][k] = end;
      }
    }
  }

  Timeline timeline;
  timeline.provenance.kind = "simulated";
  timeline.multiplicity = how.unfold ? 1 : p.tp * p.dp;
  for (std::size_t i = 0; i < instances; ++i) {
    RankTimeline& rank = timeline.ranks.emplace_back();
    rank.rank = gpu_of(i);
    for (std::uint32_t k = 0; k < ops_of(i).ops.size(); ++k) {
      const Op& op = ops_of(i).ops[k];
      Span span{.key = op.key, .start = Seconds(clocks.start[i][k]), .end = Seconds(clocks.end[i][k]), .stretch = {}};
      span.key.rank = rank.rank;
      timeline.step_time = std::max(timeline.step_time, span.end);
      rank.lanes[static_cast<std::size_t>(op.lane)].push_back(span);
    }
    auto& pp = rank.lanes[static_cast<std::size_t>(Lane::pp)];
    std::stable_sort(pp.begin(), pp.end(), [](const Span& a, const Span& b) { return a.start < b.start; });
  }
  std::sort(timeline.ranks.begin(), timeline.ranks.end(), [](auto& a, auto& b) { return a.rank < b.rank; });
  return timeline;
}

}  // namespace braid::tiny
