// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/diagnose.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "validate/runner/step_graph.hpp"

namespace braid {
namespace {

constexpr std::size_t kMostIssues = 60;

/// An op of a played instance.
struct At {
  std::size_t instance = 0;
  std::uint32_t op = 0;
  auto operator<=>(const At&) const = default;
};

/// By op, those of its own rank that must have ended before it starts.
using LocalWaits = std::vector<std::vector<std::uint32_t>>;

LocalWaits local_waits(const Program& program, int pp, const RankIssue* plan) {
  const RankProgram& rank = program.ranks[static_cast<std::size_t>(pp)];
  LocalWaits waits(rank.ops.size());
  std::array<std::uint32_t, kLanes> last;
  last.fill(kNoMessage);
  for (std::uint32_t k = 0; k < rank.ops.size(); ++k) {
    const Op& op = rank.ops[k];
    const auto deps = rank.deps_of(op);
    if (waits_for_its_own(program, op)) waits[k].assign(deps.begin(), deps.end());
    if (op.lane == Lane::pp) continue;
    const std::uint32_t ahead = std::exchange(last[static_cast<std::size_t>(op.lane)], k);
    if (ahead != kNoMessage) waits[k].push_back(ahead);
  }
  if (plan == nullptr) return waits;
  std::vector<std::uint32_t> on_stream(plan->streams.size(), kNoMessage);
  const IssueStep* first = nullptr;  // of the group
  std::uint32_t ahead = kNoMessage;
  for (const IssueStep& step : plan->steps) {
    const std::uint32_t before = std::exchange(on_stream[step.stream], step.op);
    if (first == nullptr || step.group == 0 || step.group != first->group) {
      first = &step;
      ahead = before;
    }
    waits[step.op].insert(waits[step.op].end(), first->waits.begin(), first->waits.end());
    if (ahead != kNoMessage) waits[step.op].push_back(ahead);
  }
  return waits;
}

class Diagnosis {
 public:
  Diagnosis(const Program& program, std::span<const InstanceProgress> instances, std::span<const RankIssue> plan)
      : program_(program), instances_(instances), messages_of_(program.batch_size.size()) {
    for (std::size_t i = 0; i < instances.size(); ++i) { at_[{instances[i].pp, instances[i].tp, instances[i].dp}] = i; }
    for (std::size_t pp = 0; pp < program.ranks.size(); ++pp) {
      local_.push_back(local_waits(program, static_cast<int>(pp), plan.empty() ? nullptr : &plan[pp]));
    }
    for (std::uint32_t m = 0; m < program.messages.size(); ++m) messages_of_[program.messages[m].batch].push_back(m);
  }

  std::vector<Issue> run() {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      if (instances_[i].died) add_death(i);
    }
    for (const bool started : {true, false}) {
      for (std::size_t i = 0; i < instances_.size(); ++i) {
        for (std::uint32_t k = 0; k < ops_of(i).size(); ++k) {
          const OpState state = instances_[i].state[k];
          if (state == (started ? OpState::started : OpState::waiting)) add_culprit({i, k});
        }
      }
    }
    if (issues_.empty()) add_circle();
    for (std::size_t i = 0; i < instances_.size(); ++i) add_waiting(i);
    if (issues_.size() > kMostIssues) {
      const std::size_t more = issues_.size() - kMostIssues;
      issues_.resize(kMostIssues);
      issues_.push_back({"", fmt::format("... and {} more", more)});
    }
    return std::move(issues_);
  }

 private:
  const std::vector<Op>& ops_of(std::size_t i) const {
    return program_.ranks[static_cast<std::size_t>(instances_[i].pp)].ops;
  }
  const Op& op(At at) const { return ops_of(at.instance)[at.op]; }
  OpState state(At at) const { return instances_[at.instance].state[at.op]; }
  std::string rank_of(At at) const { return fmt::format("rank {}", instances_[at.instance].rank); }
  std::string name(At at) const { return fmt::format("{} of {}", to_text(op(at).key), rank_of(at)); }
  std::string since(At at) const {
    const auto& times = instances_[at.instance].since;
    return times.empty() ? "" : " since " + to_text(times[at.op]);
  }
  void add(At at, std::string what) {
    if (told_.insert(at).second) issues_.push_back({rank_of(at) + ": " + to_text(op(at).key), std::move(what)});
  }

  std::optional<std::size_t> instance_at(int pp, int tp, int dp) const {
    const auto found = at_.find({pp, tp, dp});
    return found == at_.end() ? std::nullopt : std::optional(found->second);
  }

  bool is_collective(At at) const { return program_.works[op(at).work].kind == WorkKind::collective; }

  /// The same op of all played members of the group, this one included.
  std::vector<At> members(At at) const {
    const InstanceProgress& me = instances_[at.instance];
    const bool tp = program_.works[op(at).work].scope == Scope::tp;
    std::vector<At> group;
    for (int n = 0; n < (tp ? program_.placement.tp : program_.placement.dp); ++n) {
      if (const auto i = instance_at(me.pp, tp ? n : me.tp, tp ? me.dp : n)) group.push_back({*i, at.op});
    }
    return group;
  }

  /// The posts that the op's message waits for, as far as they are played.
  std::vector<At> posts(At at) const {
    const InstanceProgress& me = instances_[at.instance];
    std::vector<At> posts;
    for (const std::uint32_t n : messages_of_[program_.messages[op(at).message].batch]) {
      const Message& m = program_.messages[n];
      if (const auto i = instance_at(m.from, me.tp, me.dp)) posts.push_back({*i, m.send_op});
      if (program_.p2p != P2pMode::batched) continue;
      if (const auto i = instance_at(m.to, me.tp, me.dp)) posts.push_back({*i, m.recv_op});
    }
    return posts;
  }

  /// What has not come so far that this op could go on.
  std::vector<At> waits_for(At at) const {
    std::vector<At> unmet;
    const Op& me = op(at);
    if (state(at) == OpState::waiting) {
      for (const std::uint32_t k : local_[static_cast<std::size_t>(instances_[at.instance].pp)][at.op]) {
        if (state({at.instance, k}) != OpState::ended) unmet.push_back({at.instance, k});
      }
      if (!unmet.empty() || waits_for_its_own(program_, me)) return unmet;
    }
    std::vector<At> others;
    if (me.message != kNoMessage) others = posts(at);
    if (is_collective(at)) others = members(at);
    std::ranges::copy_if(others, std::back_inserter(unmet),
                         [&](At other) { return other != at && state(other) == OpState::waiting; });
    return unmet;
  }

  void add_death(std::size_t i) {
    const auto& states = instances_[i].state;
    const auto first = std::ranges::find_if(states, [](OpState s) { return s != OpState::ended; });
    const std::uint32_t next = instances_[i].died_before;
    if (next != kNoMessage) return add({i, next}, "its rank died before it could start");
    if (first == states.end()) return;
    add({i, static_cast<std::uint32_t>(first - states.begin())}, "its rank died before it had ended");
  }

  void add_culprit(At at) {
    if (instances_[at.instance].died || !waits_for(at).empty()) return;
    const Op& me = op(at);
    if (me.message != kNoMessage && (state(at) == OpState::started || !waits_for_its_own(program_, me))) {
      return add_lost(program_.messages[me.message], at);
    }
    if (state(at) == OpState::waiting) return add(at, "could start, all it waits for has ended, but it never did");
    if (!is_collective(at)) return add(at, fmt::format("is under way{} and does not end", since(at)));
    const std::vector<At> group = members(at);
    // Of one collective that is stuck, the first of its members tells it.
    const auto is_in = [&](At member) {
      return state(member) == OpState::started && !instances_[member.instance].died;
    };
    if (*std::ranges::find_if(group, is_in) == at) {
      add(at, fmt::format("{} in it{}, but it does not end",
                          group.size() == 1 ? std::string("its rank is")
                                            : fmt::format("all {} ranks that take part are", group.size()),
                          since(at)));
    }
  }

  /// One line a message, under its receiver where that is played.
  void add_lost(const Message& m, At at) {
    const InstanceProgress& me = instances_[at.instance];
    const auto receiver = instance_at(m.to, me.tp, me.dp);
    if (receiver && *receiver != at.instance) return add_lost(m, {*receiver, m.recv_op});
    const auto sender = instance_at(m.from, me.tp, me.dp);
    if (!sender) return add(at, fmt::format("is posted{}, its message from stage {} never came", since(at), m.from));
    if (!receiver) return add(at, fmt::format("is posted{}, but does not reach stage {}", since(at), m.to));
    const At send{*sender, m.send_op};
    add(at, fmt::format("its message, sent as {}{}, never came", name(send), since(send)));
  }

  /// Without a culprit every op that has not ended waits for another such: going on must come round.
  void add_circle() {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      const auto& states = instances_[i].state;
      const auto first = std::ranges::find_if(states, [](OpState s) { return s != OpState::ended; });
      if (first == states.end()) continue;
      std::set<At> seen;
      At at{i, static_cast<std::uint32_t>(first - states.begin())};
      while (seen.insert(at).second) {
        const auto unmet = waits_for(at);
        if (unmet.empty()) return;
        at = unmet.front();
      }
      const At round = at;
      do {
        const At next = waits_for(at).front();
        add(at, "waits in a circle, for " + name(next));
        at = next;
      } while (at != round);
      return;
    }
  }

  void add_waiting(std::size_t i) {
    if (instances_[i].died) return;
    std::array<bool, kLanes> seen{};
    for (std::uint32_t k = 0; k < ops_of(i).size(); ++k) {
      bool& lane = seen[static_cast<std::size_t>(ops_of(i)[k].lane)];
      if (lane || instances_[i].state[k] == OpState::ended) continue;
      const auto unmet = waits_for({i, k});
      if (unmet.empty()) continue;
      lane = true;
      add({i, k}, "waits for " + name(unmet.front()));
    }
  }

  const Program& program_;
  std::span<const InstanceProgress> instances_;
  std::vector<std::vector<std::uint32_t>> messages_of_;  ///< by batch
  std::vector<LocalWaits> local_;                        ///< by pipeline rank
  std::map<std::tuple<int, int, int>, std::size_t> at_;  ///< (pp, tp, dp) -> instance
  std::vector<Issue> issues_;
  std::set<At> told_;
};

}  // namespace

void infer_started(const Program& program, InstanceProgress& instance, const RankIssue* plan) {
  const LocalWaits waits = local_waits(program, instance.pp, plan);
  const auto ended = [&](std::uint32_t op) { return instance.state[op] == OpState::ended; };
  for (std::size_t k = 0; k < waits.size(); ++k) {
    OpState& state = instance.state[k];
    if (state == OpState::waiting && std::ranges::all_of(waits[k], ended)) state = OpState::started;
  }
}

std::vector<Issue> diagnose(const Program& program, std::span<const InstanceProgress> instances,
                            std::span<const RankIssue> plan) {
  return Diagnosis(program, instances, plan).run();
}

}  // namespace braid
