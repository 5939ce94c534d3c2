// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/op_order.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace braid {

/// From what has ended to what may start then. Nodes are ops, then batches, then messages; a send or recv op is the
/// posting of it, its message the interval in which bytes move.
struct OpOrder::Edges {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  std::vector<std::uint32_t> begin, to;  ///< to[begin[n] .. begin[n + 1]]

  void add(std::size_t from, std::size_t target) {
    pairs.emplace_back(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(target));
  }
  void index(std::size_t nodes) {
    begin.assign(nodes + 1, 0);
    for (const auto& [from, target] : pairs) ++begin[from + 1];
    for (std::size_t n = 0; n < nodes; ++n) begin[n + 1] += begin[n];
    to.resize(pairs.size());
    std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
    for (const auto& [from, target] : pairs) to[next[from]++] = target;
    pairs.clear();
  }
};

OpOrder::OpOrder(const Program& program) : ranks_(program.ranks.size()) {
  for (std::size_t r = 0; r < ranks_; ++r) {
    first_.push_back(rank_of_.size());
    std::uint32_t computed = 0;
    for (const Op& op : program.ranks[r].ops) {
      rank_of_.push_back(static_cast<std::int32_t>(r));
      message_of_.push_back(op.message);
      place_.push_back(op.lane == Lane::compute ? computed++ : kNever);
    }
  }
  batches_at_ = rank_of_.size();
  messages_at_ = batches_at_ + program.batch_size.size();
  nodes_ = messages_at_ + program.messages.size();
  sweep(edges(program));
}

std::size_t OpOrder::interval(int rank, std::uint32_t op) const {
  const std::size_t n = node(rank, op);
  return message_of_[n] == kNoMessage ? n : messages_at_ + message_of_[n];
}

std::uint32_t OpOrder::ended_before(int rank, std::uint32_t op, int of) const {
  return ended_[interval(rank, op) * ranks_ + static_cast<std::size_t>(of)];
}

std::uint32_t OpOrder::first_after(int rank, std::uint32_t op, int of) const {
  return after_[interval(rank, op) * ranks_ + static_cast<std::size_t>(of)];
}

OpOrder::Edges OpOrder::edges(const Program& program) const {
  Edges edges;
  for (std::size_t r = 0; r < ranks_; ++r) {
    const RankProgram& rank = program.ranks[r];
    const int rank_number = static_cast<int>(r);
    std::array<std::size_t, kLanes> last;
    last.fill(nodes_);
    for (std::uint32_t i = 0; i < rank.ops.size(); ++i) {
      const Op& op = rank.ops[i];
      const std::size_t n = node(rank_number, i);
      const bool waits_alone = program.p2p != P2pMode::batched && op.key.kind == OpKind::recv;
      for (const std::uint32_t dep : rank.deps_of(op)) edges.add(interval(rank_number, dep), n);
      if (op.message != kNoMessage) {
        if (!waits_alone) edges.add(n, batches_at_ + program.messages[op.message].batch);
        continue;
      }
      if (op.lane == Lane::pp) continue;  // a message of a replay
      std::size_t& before = last[static_cast<std::size_t>(op.lane)];
      if (before != nodes_) edges.add(before, n);
      before = n;
    }
  }
  for (std::size_t m = 0; m < program.messages.size(); ++m) {
    edges.add(batches_at_ + program.messages[m].batch, messages_at_ + m);
  }
  edges.index(nodes_);
  return edges;
}

void OpOrder::sweep(const Edges& edges) {
  std::vector<std::uint32_t> waits(nodes_, 0), order;
  for (const std::uint32_t target : edges.to) ++waits[target];
  for (std::uint32_t n = 0; n < nodes_; ++n) {
    if (waits[n] == 0) order.push_back(n);
  }
  ended_.assign(nodes_ * ranks_, 0);
  after_.assign(nodes_ * ranks_, kNever);
  const auto is_compute = [&](std::size_t n) { return n < batches_at_ && place_[n] != kNever; };
  const auto successors = [&](std::size_t n) {
    return std::span(edges.to).subspan(edges.begin[n], edges.begin[n + 1] - edges.begin[n]);
  };
  order.reserve(nodes_);
  for (std::size_t next = 0; next < order.size(); ++next) {
    const std::size_t n = order[next];
    for (const std::uint32_t s : successors(n)) {
      for (std::size_t r = 0; r < ranks_; ++r) {
        ended_[s * ranks_ + r] = std::max(ended_[s * ranks_ + r], ended_[n * ranks_ + r]);
      }
      if (is_compute(n)) {
        std::uint32_t& own = ended_[s * ranks_ + static_cast<std::size_t>(rank_of_[n])];
        own = std::max(own, place_[n] + 1);
      }
      if (--waits[s] == 0) order.push_back(s);
    }
  }
  BRAID_CHECK(order.size() == nodes_, "a program that passed check() has no circle");
  for (std::size_t at = order.size(); at-- > 0;) {
    const std::size_t n = order[at];
    for (const std::uint32_t s : successors(n)) {
      for (std::size_t r = 0; r < ranks_; ++r) {
        after_[n * ranks_ + r] = std::min(after_[n * ranks_ + r], after_[s * ranks_ + r]);
      }
      if (is_compute(s)) {
        std::uint32_t& own = after_[n * ranks_ + static_cast<std::size_t>(rank_of_[s])];
        own = std::min(own, place_[s]);
      }
    }
  }
}

}  // namespace braid
