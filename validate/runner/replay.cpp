// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "sim/base/error.hpp"
#include "sim/cost/path.hpp"
#include "sim/memory/played.hpp"
#include "validate/runner/step_graph.hpp"

namespace braid {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;

/// Adds classes of work of fixed cost to a replay, each kind once.
class FixedWorks {
 public:
  FixedWorks(const Program& program, const Costs& costs, Replay& replay) : program_(program), replay_(replay) {
    replay_.program.works = program.works;
    replay_.costs = costs;
  }

  /// One that takes `duration` in place of `original`; kNone: in place of nothing.
  std::uint16_t of(std::uint32_t original, Seconds duration) {
    const auto [at, fresh] = known_.try_emplace({original, duration.value}, replay_.program.works.size());
    if (!fresh) return static_cast<std::uint16_t>(at->second);
    if (replay_.program.works.size() >= 0xffff) throw Error("replay", "a rank has too many messages to replay");
    WorkItem item{.kind = WorkKind::fixed, .fixed = duration};
    if (original != kNone) {
      item.bytes = program_.works[original].bytes;
      item.alloc = program_.works[original].alloc;
      item.release = program_.works[original].release;
    }
    Costs& costs = replay_.costs;
    replay_.program.works.push_back(item);
    costs.duration.push_back(duration);
    costs.collective.emplace_back();
    costs.message.emplace_back();
    if (!costs.prices.empty())
      costs.prices.push_back(
          {.time = duration, .traffic = {}, .source = "as long as the prediction of the whole plan says"});
    if (!costs.launches.empty()) {
      costs.launches.time.push_back(original == kNone ? Seconds(0) : costs.launches.time[original]);
      costs.launches.lead.push_back(Seconds(0));  // a fixed op is one kernel
    }
    for (auto& row : costs.stretch) {
      if (!row.empty()) row.push_back(original == kNone ? 0.0 : row[original]);
    }
    if (!costs.stretch.empty()) costs.stretch.emplace_back();  // never stretched itself
    return static_cast<std::uint16_t>(at->second);
  }

 private:
  const Program& program_;
  Replay& replay_;
  std::map<std::pair<std::uint32_t, double>, std::size_t> known_;
};

class Replayer {
 public:
  Replayer(const Program& program, const Costs& costs, const Cluster& cluster, const Played& played, int rank)
      : program_(program),
        costs_(costs),
        cluster_(cluster),
        played_(played),
        rank_(rank),
        works_(program, costs, replay_),
        messages_of_(program.batch_size.size()) {
    for (std::uint32_t m = 0; m < program.messages.size(); ++m) messages_of_[program.messages[m].batch].push_back(m);
    for (std::size_t i = 0; i < played.ranks.size() && column_ == kNowhere; ++i) {
      if (played.ranks[i].pp == 0 && played.ranks[i].tp == 0 && played.ranks[i].dp == 0) column_ = i;
    }
    BRAID_CHECK(column_ != kNowhere, "a join that is complete has the first GPU");
  }

  Replay run() {
    replay_.rank = rank_;
    Program& out = replay_.program;
    out.schedule = program_.schedule;
    out.p2p = program_.p2p;
    out.ranks.resize(1);
    const RankProgram& rank = program_.ranks[static_cast<std::size_t>(rank_)];
    out.ranks[0].resident = rank.resident;

    std::vector<Start> starts(rank.ops.size());
    for (std::uint32_t k = 0; k < rank.ops.size(); ++k) {
      if (rank.ops[k].message == kNoMessage) continue;
      starts[k] = start_of(k);
      if (starts[k].not_before) peer_times_.push_back(*starts[k].not_before);
    }
    std::ranges::sort(peer_times_);
    peer_times_.erase(std::unique(peer_times_.begin(), peer_times_.end()), peer_times_.end());

    now_at_.resize(rank.ops.size());
    for (std::uint32_t k = 0; k < rank.ops.size(); ++k) {
      Op op = rank.ops[k];
      const auto own = rank.deps_of(op);
      std::vector<std::uint32_t> deps(own.begin(), own.end());
      if (op.message != kNoMessage) deps = starts[k].deps;
      for (std::uint32_t& dep : deps) dep = now_at_[dep];
      if (starts[k].not_before) deps.push_back(delay_until(*starts[k].not_before));
      op.work = work_of(op);
      op.message = kNoMessage;
      now_at_[k] = append(op, deps);
    }
    return std::move(replay_);
  }

 private:
  static constexpr std::size_t kNowhere = ~std::size_t{0};
  /// What a message of this rank waits for.
  struct Start {
    std::vector<std::uint32_t> deps;   ///< of this rank
    std::optional<double> not_before;  ///< the others have posted then
  };

  double ended(int pp, std::uint32_t op) const { return played_.end(played_.pipeline_peer(column_, pp), op); }

  /// When a rank has posted an op, as predicted.
  double posted(int pp, std::uint32_t op) const {
    const RankProgram& rank = program_.ranks[static_cast<std::size_t>(pp)];
    double time = 0;
    for (std::uint32_t k = 0; k <= op; ++k) time += launch_of(costs_, rank.ops[k].work).value;
    for (const std::uint32_t dep : rank.deps_of(rank.ops[op])) time = std::max(time, ended(pp, dep));
    return time;
  }

  Start start_of(std::uint32_t op) const {
    Start start;
    const auto wait_for_peer = [&](double time) {
      if (time > 0) start.not_before = std::max(start.not_before.value_or(0), time);
    };
    const RankProgram& rank = program_.ranks[static_cast<std::size_t>(rank_)];
    const auto add_post = [&](int pp, std::uint32_t post) {
      const RankProgram& its = program_.ranks[static_cast<std::size_t>(pp)];
      if (!waits_for_its_own(program_, its.ops[post])) return;
      if (pp != rank_) return wait_for_peer(posted(pp, post));
      for (const std::uint32_t dep : rank.deps_of(rank.ops[post])) {
        // Another post of the batch may come later in this rank's program, and so may what it waits for.
        if (dep >= op) {
          wait_for_peer(ended(pp, dep));
        } else if (std::ranges::find(start.deps, dep) == start.deps.end()) {
          start.deps.push_back(dep);
        }
      }
    };
    for (const std::uint32_t m : messages_of_[program_.messages[rank.ops[op].message].batch]) {
      add_post(program_.messages[m].from, program_.messages[m].send_op);
      add_post(program_.messages[m].to, program_.messages[m].recv_op);
    }
    return start;
  }

  std::uint16_t work_of(const Op& op) {
    const WorkItem& item = program_.works[op.work];
    if (op.message != kNoMessage) {
      if (item.kind != WorkKind::message) return works_.of(op.work, costs_.duration[op.work]);  // abstract cost
      const Message& m = program_.messages[op.message];
      const Placement& place = program_.placement;
      const PathKind path = path_kind(cluster_, place.gpu(0, m.from, 0), place.gpu(0, m.to, 0));
      const CommCost& cost = costs_.message[op.work][static_cast<std::size_t>(path)];
      return works_.of(op.work, cost.latency + cost.transfer);
    }
    if (item.kind != WorkKind::collective) return op.work;
    const int members = item.scope == Scope::tp ? program_.placement.tp : program_.placement.dp;
    const CommCost& cost = costs_.collective[op.work];
    return works_.of(op.work, members > 1 ? cost.latency + cost.transfer : Seconds(0));
  }

  /// Of the chain of delays, the one that ends at this time; those before it are appended with it.
  std::uint32_t delay_until(double time) {
    const auto index = static_cast<std::size_t>(std::ranges::lower_bound(peer_times_, time) - peer_times_.begin());
    while (delays_.size() <= index) {
      const std::size_t n = delays_.size();
      const double lasts = peer_times_[n] - (n == 0 ? 0 : peer_times_[n - 1]);
      const Op delay{.key = {.rank = rank_, .index = static_cast<std::int32_t>(n), .kind = OpKind::cell},
                     .lane = Lane::pp,
                     .work = works_.of(kNone, Seconds(lasts))};
      delays_.push_back(append(delay, n == 0 ? std::vector<std::uint32_t>{} : std::vector{delays_.back()}));
    }
    return delays_[index];
  }

  std::uint32_t append(Op op, const std::vector<std::uint32_t>& deps) {
    RankProgram& out = replay_.program.ranks[0];
    op.dep_begin = static_cast<std::uint32_t>(out.deps.size());
    op.dep_count = static_cast<std::uint16_t>(deps.size());
    out.deps.insert(out.deps.end(), deps.begin(), deps.end());
    out.ops.push_back(op);
    return static_cast<std::uint32_t>(out.ops.size() - 1);
  }

  const Program& program_;
  const Costs& costs_;
  const Cluster& cluster_;
  const Played& played_;
  int rank_;
  std::size_t column_ = kNowhere;  ///< position of stage 0 of the first copy of the pipeline
  Replay replay_;
  FixedWorks works_;
  std::vector<std::vector<std::uint32_t>> messages_of_;  ///< by batch
  std::vector<double> peer_times_;                       ///< ascending
  std::vector<std::uint32_t> delays_;                    ///< by place in peer_times_: op of the replay
  std::vector<std::uint32_t> now_at_;                    ///< by op of the plan
};

}  // namespace

bool is_peer_delay(const Op& op) { return op.lane == Lane::pp && op.key.kind == OpKind::cell; }

Replay replay_of(const Program& program, const Costs& costs, const Cluster& cluster, const Timeline& predicted,
                 int rank) {
  if (rank < 0 || rank >= static_cast<int>(program.ranks.size())) {
    throw Error("replay", fmt::format("no pipeline rank {}; the plan has {}", rank, program.ranks.size()));
  }
  if (program.host_waits && !costs.launches.empty()) {
    throw Error("replay", "of a run with p2p_host_waits: what the host waits for is not in a replay");
  }
  const Played played = join_complete(program, predicted);
  return Replayer(program, costs, cluster, played, rank).run();
}

Timeline in_plan(const Replay& replay, Timeline played) {
  BRAID_CHECK(played.ranks.size() == 1, "a replay plays one rank");
  RankTimeline& rank = played.ranks[0];
  rank.rank = replay.rank;
  std::erase_if(rank.lanes[static_cast<std::size_t>(Lane::pp)],
                [](const Span& span) { return span.key.kind == OpKind::cell; });
  played.step_time = Seconds(0);
  for (auto& lane : rank.lanes) {
    for (Span& span : lane) {
      span.key.rank = replay.rank;
      played.step_time = std::max(played.step_time, span.end);
    }
  }
  return played;
}

}  // namespace braid
