// SPDX-License-Identifier: Apache-2.0
#include "validate/device/issue_order.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace braid::gpu {
namespace {

class Orderer {
 public:
  Orderer(const Program& program, const std::vector<RankIssue>& plan, const std::vector<Instance>& instances)
      : program_(program),
        plan_(plan),
        instances_(instances),
        at_(instances.size()),
        messages_of_(program.batch_size.size()) {
    for (const Instance& i : instances) {
      const std::size_t ops = ops_of(i).size();
      posted_.emplace_back(ops, false);
      sent_.emplace_back(ops, false);
    }
    for (std::uint32_t m = 0; m < program.messages.size(); ++m) messages_of_[program.messages[m].batch].push_back(m);
  }

  std::vector<Turn> run() {
    for (bool moved = true; moved;) {
      moved = false;
      for (std::uint32_t i = 0; i < instances_.size(); ++i) moved |= advance(i);
    }
    throw_if_any(stuck());
    return std::move(turns_);
  }

 private:
  struct Position {
    std::uint32_t step = 0;
    bool posted = false, sent = false;  // of the group of messages at `step`
  };
  const std::vector<Op>& ops_of(const Instance& i) const { return program_.ranks[static_cast<std::size_t>(i.pp)].ops; }
  const std::vector<IssueStep>& steps_of(std::uint32_t i) const {
    return plan_[static_cast<std::size_t>(instances_[i].pp)].steps;
  }
  const Op& op_at(std::uint32_t i, std::uint32_t step) const { return ops_of(instances_[i])[steps_of(i)[step].op]; }
  bool at_end(std::uint32_t i) const { return at_[i].step == steps_of(i).size(); }

  bool advance(std::uint32_t i) {
    if (at_end(i)) return false;
    const std::uint32_t step = at_[i].step;
    const Op& op = op_at(i, step);
    if (op.message != kNoMessage) return advance_messages(i);
    const WorkItem& work = program_.works[op.work];
    if (work.kind != WorkKind::collective) {
      turns_.push_back({.kind = Turn::Kind::op, .instance = i, .first = step});
      ++at_[i].step;
      return true;
    }
    const std::vector<std::uint32_t> group = group_of(instances_, i, work.scope);
    if (std::any_of(group.begin(), group.end(), [&](std::uint32_t g) { return at_[g].step != step; })) return false;
    turns_.push_back({.kind = Turn::Kind::collective, .instance = group.front(), .first = step});
    for (const std::uint32_t g : group) ++at_[g].step;
    return true;
  }

  bool advance_messages(std::uint32_t i) {
    Position& at = at_[i];
    const std::uint32_t count = group_size(i);
    const bool batched = program_.p2p == P2pMode::batched;
    const auto each = [&](auto f) {
      for (std::uint32_t k = 0; k < count; ++k) f(op_at(i, at.step + k), steps_of(i)[at.step + k].op);
    };
    const auto turn = [&](Turn::Kind kind) {
      turns_.push_back({.kind = kind, .instance = i, .first = at.step, .count = count});
    };
    bool moved = false;
    if (!at.posted) {
      if (batched) turn(Turn::Kind::post);
      each([&](const Op&, std::uint32_t op) { posted_[i][op] = true; });
      at.posted = moved = true;
    }
    if (!at.sent) {
      bool ready = true, any = false;
      each([&](const Op& op, std::uint32_t) {
        any |= op.key.kind == OpKind::send;
        ready = ready && (!batched || batch_posted(i, program_.messages[op.message].batch));
      });
      if (!ready) return moved;
      if (any) turn(Turn::Kind::sends);
      each([&](const Op& op, std::uint32_t n) {
        if (op.key.kind == OpKind::send) sent_[i][n] = true;
      });
      at.sent = moved = true;
    }
    bool here = true, any = false;
    each([&](const Op& op, std::uint32_t) {
      if (op.key.kind != OpKind::recv) return;
      const Message& m = program_.messages[op.message];
      any = true;
      here = here && sent_[pipeline_peer(instances_, i, m.from)][m.send_op];
    });
    if (!here) return moved;
    if (any) turn(Turn::Kind::receives);
    at = {.step = at.step + count};
    return true;
  }

  std::uint32_t group_size(std::uint32_t i) const {
    const std::vector<IssueStep>& steps = steps_of(i);
    const std::uint32_t first = at_[i].step;
    std::uint32_t count = 1;
    while (steps[first].group != 0 && first + count < steps.size() && steps[first + count].group == steps[first].group)
      ++count;
    return count;
  }

  bool batch_posted(std::uint32_t i, std::uint32_t batch) const {
    return std::all_of(messages_of_[batch].begin(), messages_of_[batch].end(), [&](std::uint32_t m) {
      const Message& message = program_.messages[m];
      return posted_[pipeline_peer(instances_, i, message.from)][message.send_op] &&
             posted_[pipeline_peer(instances_, i, message.to)][message.recv_op];
    });
  }

  std::vector<Issue> stuck() const {
    std::vector<Issue> issues;
    for (std::uint32_t i = 0; i < instances_.size(); ++i) {
      if (at_end(i)) continue;
      issues.push_back(
          {fmt::format("rank {}", instances_[i].rank),
           fmt::format("{} waits in a circle: it cannot be enqueued", to_text(op_at(i, at_[i].step).key))});
    }
    return issues;
  }

  const Program& program_;
  const std::vector<RankIssue>& plan_;
  const std::vector<Instance>& instances_;
  std::vector<Position> at_;
  std::vector<std::vector<std::uint32_t>> messages_of_;  // by batch
  std::vector<std::vector<bool>> posted_, sent_;         // by instance and op
  std::vector<Turn> turns_;
};

}  // namespace

std::vector<Turn> issue_order(const Program& program, const std::vector<RankIssue>& plan,
                              const std::vector<Instance>& instances) {
  return Orderer(program, plan, instances).run();
}

}  // namespace braid::gpu
