// SPDX-License-Identifier: Apache-2.0
// Before the first event, and after the last.
#include <algorithm>
#include <cmath>
#include <string>

#include "sim/base/error.hpp"
#include "sim/engine/core/event_core.hpp"

namespace braid {
namespace {

constexpr std::uint32_t kNoGroup = 0xffffffffu;

bool is_duration(Seconds t) { return t.value >= 0 && std::isfinite(t.value); }
bool is_comm_cost(const CommCost& cost) { return is_duration(cost.latency) && is_duration(cost.transfer); }

void check_costs(const Program& program, const Costs& costs) {
  const std::size_t works = program.works.size();
  BRAID_CHECK(costs.duration.size() == works, "every work has a duration");
  BRAID_CHECK(std::ranges::all_of(costs.duration, is_duration), "a duration is finite and not negative");
  if (!costs.launches.empty()) {
    for (const auto& times : {costs.launches.time, costs.launches.lead}) {
      BRAID_CHECK(times.size() == works, "every work has a launch time and a lead, or none has");
      BRAID_CHECK(std::ranges::all_of(times, is_duration), "a launch time is finite and not negative");
    }
  }
  BRAID_CHECK(costs.collective.size() == works, "every work has a collective cost");
  BRAID_CHECK(std::ranges::all_of(costs.collective, is_comm_cost), "a collective's cost is finite and not negative");
  BRAID_CHECK(costs.message.size() == works, "every work has a message cost");
  for (const auto& paths : costs.message) {
    BRAID_CHECK(std::ranges::all_of(paths, is_comm_cost), "a message's cost is finite and not negative");
  }
  BRAID_CHECK(costs.stretch.empty() || costs.stretch.size() == works, "every work has a row of stretches, or none has");
  for (const std::vector<double>& row : costs.stretch) {
    BRAID_CHECK(row.empty() || row.size() == works, "a row of stretches has an entry for every work, or none");
    BRAID_CHECK(std::ranges::all_of(row, [](double s) { return s >= 0; }), "a stretch is not negative");
  }
}

}  // namespace

EventCore::EventCore(PlayInput input, PlayMemory& memory) : in_(std::move(input)) {
  const Program& program = in_.program;
  const Replicas& replicas = in_.replicas;
  check_costs(program, in_.costs);
  BRAID_CHECK(replicas.instances() < kMaxInstances, "an event has room for the instance");

  for (int pp = 0; pp < replicas.placement.pp; ++pp) {
    plans_.push_back(plan_rank(program, pp));
    hosts_.push_back(host_plan(program, pp, in_.costs.launches));
  }
  std::size_t ops = 0;
  for (const RankPlan& plan : plans_) ops += plan.size() * static_cast<std::size_t>(replicas.columns());
  unfinished_ = ops;
  waits_.reserve(ops);
  instances_.resize(static_cast<std::size_t>(replicas.instances()));
  for (int i = 0; i < replicas.instances(); ++i) {
    Instance& instance = instances_[static_cast<std::size_t>(i)];
    const int pp = replicas.pp_of(i), column = replicas.column_of(i);
    instance.plan = &plans_[static_cast<std::size_t>(pp)];
    instance.host = HostLane(hosts_[static_cast<std::size_t>(pp)]);
    instance.times = memory.instance(i).data();
    instance.waits = waits_.data() + waits_.size();
    for (std::uint32_t k = 0; k < instance.plan->size(); ++k) waits_.push_back(instance.plan->ops[k].waits);
    instance.column = static_cast<std::uint32_t>(column);
    instance.gpu = static_cast<std::uint32_t>(replicas.gpu(pp, column));
    if (!in_.options.durations.empty()) {
      const auto row = static_cast<std::size_t>(replicas.rank(pp, column));
      BRAID_CHECK(row < in_.options.durations.size() && in_.options.durations[row].size() == instance.plan->size(),
                  "durations are given for every op of every rank that is played");
      instance.given = in_.options.durations[row].data();
    }
    if (!in_.options.slowdown.empty()) instance.slowdown = in_.options.slowdown[instance.gpu];
  }

  const std::size_t batches = program.batch_size.size();
  batch_begin_.assign(batches + 1, 0);
  for (const Message& message : program.messages) {
    BRAID_CHECK(message.batch < batches, "the batch of a message exists");
    ++batch_begin_[message.batch + 1];
  }
  for (std::size_t b = 0; b < batches; ++b) batch_begin_[b + 1] += batch_begin_[b];
  batch_messages_.resize(program.messages.size());
  std::vector<std::uint32_t> filled(batch_begin_.begin(), batch_begin_.end() - 1);
  for (std::uint32_t m = 0; m < program.messages.size(); ++m) batch_messages_[filled[program.messages[m].batch]++] = m;
  for (int column = 0; column < replicas.columns(); ++column) {
    batch_left_.insert(batch_left_.end(), program.batch_size.begin(), program.batch_size.end());
  }

  find_groups();
  arrived_.assign(instances_.size() * 2 * kLanes, 0);
  stretch_.assign(program.works.size(), nullptr);
  for (std::size_t w = 0; w < in_.costs.stretch.size(); ++w) {
    const std::vector<double>& row = in_.costs.stretch[w];
    if (std::ranges::any_of(row, [](double s) { return s > 0; })) stretch_[w] = row.data();
  }
  contention_ = std::ranges::any_of(stretch_, [](const double* row) { return row != nullptr; });
  heap_.reserve(4 * instances_.size() + 64);
}

void EventCore::find_groups() {
  const Replicas& replicas = in_.replicas;
  for (Scope scope : {Scope::tp, Scope::dp}) {
    // Without collectives nothing says that groups are alike, and nobody asks.
    const auto collective = [&](const PlannedOp& op) {
      return op.action == Action::collective && in_.program.works[op.work].scope == scope;
    };
    if (std::ranges::none_of(plans_, [&](const RankPlan& plan) {
          return std::any_of(plan.ops.begin(), plan.ops.begin() + static_cast<std::ptrdiff_t>(plan.size()), collective);
        })) {
      continue;
    }
    auto& group_of = group_of_[static_cast<std::size_t>(scope)];
    auto& in_group = in_group_[static_cast<std::size_t>(scope)];
    // Groups of the placement that are alike have the same columns played for them, so the first one of each tells.
    std::vector<std::vector<std::uint32_t>> placed(
        static_cast<std::size_t>(scope == Scope::tp ? replicas.placement.dp : replicas.placement.tp));
    for (std::size_t column = 0; column < replicas.stands_in.size(); ++column) {
      placed[static_cast<std::size_t>(replicas.group_of(scope, static_cast<int>(column)))].push_back(
          static_cast<std::uint32_t>(replicas.stands_in[column]));
    }
    group_of.assign(replicas.played.size(), kNoGroup);
    for (std::vector<std::uint32_t>& members : placed) {
      std::ranges::sort(members);
      members.erase(std::unique(members.begin(), members.end()), members.end());
      if (group_of[members.front()] != kNoGroup) {
        BRAID_CHECK(in_group[group_of[members.front()]] == members,
                    "columns that are alike have groups that are alike");
        continue;
      }
      for (const std::uint32_t member : members) group_of[member] = static_cast<std::uint32_t>(in_group.size());
      in_group.push_back(std::move(members));
    }
  }
}

void EventCore::check_complete() const {
  if (unfinished_ == 0) return;
  const Program& program = in_.program;
  for (const Instance& instance : instances_) {
    for (std::uint32_t k = 0; k < instance.plan->size(); ++k) {
      // Waits for nothing on its own rank, yet has not ended: then others keep it from starting. An op that its host
      // has not issued comes behind the message that the host waits for.
      if (instance.waits[k] != 0) continue;
      const PlannedOp& op = instance.plan->ops[k];
      std::string why = " waits in a collective that others of its group never reach";
      if (op.action != Action::collective) {
        const Message& message = program.messages[op.message];
        const std::uint32_t open = batch_left_[instance.column * program.batch_size.size() + message.batch];
        why = " waits for " + std::to_string(open) + " more of batch " + std::to_string(message.batch) +
              ", sent by op " + std::to_string(message.send_op) + " of rank " + std::to_string(message.from) +
              ", received by op " + std::to_string(message.recv_op) + " of rank " + std::to_string(message.to);
      }
      const auto pp = static_cast<std::size_t>(instance.plan - plans_.data());
      throw Error("rank " + std::to_string(pp), "op " + std::to_string(k) + " (" +
                                                    to_text(program.ranks[pp].ops[k].key) + ") never runs: it" + why +
                                                    "; " + std::to_string(unfinished_) + " ops are left");
    }
  }
  BRAID_CHECK(false, "an op that never runs is kept by another rank");
}

}  // namespace braid
