// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/rank_plan.hpp"

#include <algorithm>
#include <array>

#include "sim/base/error.hpp"

namespace braid {
namespace {

Action action_of(const Op& op, const WorkItem& work) {
  if (op.message != kNoMessage) return op.key.kind == OpKind::recv ? Action::recv : Action::send;
  if (work.kind == WorkKind::collective) return Action::collective;
  BRAID_CHECK(work.kind != WorkKind::message, "an op with the work of a message has a message");
  return Action::timed;
}

/// What the op waits for: its dependences, and the op before it on an ordered lane, each once.
void waits_for(const RankProgram& rank, const Op& op, std::uint32_t before_on_lane, std::vector<std::uint32_t>& out) {
  const auto deps = rank.deps_of(op);
  out.assign(deps.begin(), deps.end());
  if (before_on_lane != kNoMessage) out.push_back(before_on_lane);
  if (out.size() < 2) return;
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

}  // namespace

RankPlan plan_rank(const Program& program, int pp_rank) {
  const RankProgram& rank = program.ranks.at(static_cast<std::size_t>(pp_rank));
  const auto count = static_cast<std::uint32_t>(rank.ops.size());
  RankPlan plan;
  plan.ops.resize(count + 1);
  std::array<std::uint32_t, kLanes> last_on_lane;
  last_on_lane.fill(kNoMessage);
  std::vector<std::uint32_t> waits;

  // Two passes over the same edges: count successors, then place them.
  std::vector<std::uint32_t> edges;  // predecessors of all ops, in op order
  edges.reserve(rank.deps.size() + count);
  for (std::uint32_t k = 0; k < count; ++k) {
    const Op& op = rank.ops[k];
    const auto lane = static_cast<std::size_t>(op.lane);
    waits_for(rank, op, op.lane == Lane::pp ? kNoMessage : last_on_lane[lane], waits);
    last_on_lane[lane] = k;
    BRAID_CHECK(waits.empty() || waits.back() < k, "a dependence names an earlier op");
    BRAID_CHECK(waits.size() < 0xffff, "an op waits for fewer than 65535 others");
    BRAID_CHECK(op.work < program.works.size(), "the work of an op exists");
    BRAID_CHECK(op.message == kNoMessage || op.message < program.messages.size(), "the message of an op exists");
    plan.ops[k] = {.next_begin = 0,
                   .message = op.message,
                   .work = op.work,
                   .waits = static_cast<std::uint16_t>(waits.size()),
                   .action = action_of(op, program.works[op.work]),
                   .lane = op.lane};
    BRAID_CHECK((plan.ops[k].action == Action::timed) || (op.lane == Lane::pp) == (op.message != kNoMessage),
                "messages are on lane pp, collectives on an ordered lane");
    for (std::uint32_t before : waits) ++plan.ops[before + 1].next_begin;
    edges.insert(edges.end(), waits.begin(), waits.end());
    if (waits.empty()) plan.roots.push_back(k);
  }
  for (std::uint32_t k = 0; k < count; ++k) plan.ops[k + 1].next_begin += plan.ops[k].next_begin;
  plan.next.resize(edges.size());
  std::vector<std::uint32_t> filled(count);
  std::size_t edge = 0;
  for (std::uint32_t k = 0; k < count; ++k) {
    for (std::uint16_t i = 0; i < plan.ops[k].waits; ++i, ++edge) {
      const std::uint32_t before = edges[edge];
      plan.next[plan.ops[before].next_begin + filled[before]++] = k;
    }
  }
  return plan;
}

}  // namespace braid
