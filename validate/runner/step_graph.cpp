// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/step_graph.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace braid {

bool waits_for_its_own(const Program& program, const Op& op) {
  return op.key.kind != OpKind::recv || op.message == kNoMessage || program.p2p == P2pMode::batched;
}

StepGraph::StepGraph(const Program& program) : program_(program) {
  nodes_ = static_cast<std::uint32_t>(program.batch_size.size());  // batches first, then all other ops
  for (const RankProgram& rank : program.ranks) {
    first_.push_back(node_.size());
    for (const Op& op : rank.ops) {
      node_.push_back(op.message == kNoMessage ? nodes_++ : program.messages[op.message].batch);
    }
  }
}

void StepGraph::add(std::uint32_t rank, std::uint32_t before, std::uint32_t after) {
  edges_.push_back(
      {.from = node(rank, before), .to = node(rank, after), .rank = rank, .before = before, .after = after});
}

void StepGraph::add_program() {
  for (std::uint32_t r = 0; r < program_.ranks.size(); ++r) {
    const RankProgram& rank = program_.ranks[r];
    std::array<std::uint32_t, kLanes> last;
    last.fill(kNoMessage);
    for (std::uint32_t k = 0; k < rank.ops.size(); ++k) {
      const Op& op = rank.ops[k];
      if (waits_for_its_own(program_, op)) {
        for (const std::uint32_t dep : rank.deps_of(op)) add(r, dep, k);
      }
      if (op.lane == Lane::pp) continue;
      std::uint32_t& before = last[static_cast<std::size_t>(op.lane)];
      if (before != kNoMessage) add(r, before, k);
      before = k;
    }
  }
}

std::vector<std::uint32_t> StepGraph::node_levels() const {
  std::vector<std::uint32_t> begin(nodes_ + 1, 0), waits(nodes_, 0), next(edges_.size());
  for (const Edge& edge : edges_) {
    ++begin[edge.from + 1];
    ++waits[edge.to];
  }
  for (std::uint32_t n = 0; n < nodes_; ++n) begin[n + 1] += begin[n];
  std::vector<std::uint32_t> filled(begin.begin(), begin.end() - 1);
  for (const Edge& edge : edges_) next[filled[edge.from]++] = edge.to;

  std::vector<std::uint32_t> level(nodes_, 0), ready;
  for (std::uint32_t n = 0; n < nodes_; ++n) {
    if (waits[n] == 0) ready.push_back(n);
  }
  while (!ready.empty()) {
    const std::uint32_t n = ready.back();
    ready.pop_back();
    for (std::uint32_t e = begin[n]; e < begin[n + 1]; ++e) {
      level[next[e]] = std::max(level[next[e]], level[n] + 1);
      if (--waits[next[e]] == 0) ready.push_back(next[e]);
    }
  }
  for (std::uint32_t n = 0; n < nodes_; ++n) {
    if (waits[n] > 0) level[n] = kNever;
  }
  return level;
}

std::vector<std::vector<std::uint32_t>> StepGraph::levels() const {
  const std::vector<std::uint32_t> of_node = node_levels();
  std::vector<std::vector<std::uint32_t>> levels(program_.ranks.size());
  for (std::uint32_t r = 0; r < program_.ranks.size(); ++r) {
    for (std::uint32_t k = 0; k < program_.ranks[r].ops.size(); ++k) levels[r].push_back(of_node[node(r, k)]);
  }
  return levels;
}

std::vector<Issue> StepGraph::circle() const {
  const std::vector<std::uint32_t> level = node_levels();
  // Every node that never runs waits for another such; going back from one of them must come round.
  std::vector<const Edge*> waits_for(nodes_, nullptr);
  std::uint32_t at = kNever;
  for (const Edge& edge : edges_) {
    if (level[edge.from] != kNever || level[edge.to] != kNever) continue;
    if (waits_for[edge.to] == nullptr) waits_for[edge.to] = &edge;
    at = edge.to;
  }
  if (at == kNever) return {};
  std::vector<bool> seen(nodes_, false);
  for (; !seen[at]; at = waits_for[at]->from) seen[at] = true;

  std::vector<Issue> issues;
  std::uint32_t n = at;
  do {
    const Edge& edge = *waits_for[n];
    const RankProgram& rank = program_.ranks[edge.rank];
    issues.push_back({fmt::format("rank {}: {}", edge.rank, to_text(rank.ops[edge.after].key)),
                      fmt::format("waits in a circle, for {}", to_text(rank.ops[edge.before].key))});
    n = edge.from;
  } while (n != at);
  return issues;
}

}  // namespace braid
