// SPDX-License-Identifier: Apache-2.0
// By brute force what every run of a Program keeps apart: whether one op has ended before another starts. For programs
// of some thousand ops.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "sim/program/program.hpp"

namespace braid::testing {

class EndedBefore {
 public:
  explicit EndedBefore(const Program& program) {
    for (const RankProgram& rank : program.ranks) {
      first_.push_back(count_);
      count_ += rank.ops.size();
    }
    // Per op when it is posted (its dependences have ended), when it starts and when it ends.
    next_.resize(3 * count_);
    for (std::size_t r = 0; r < program.ranks.size(); ++r) add_rank(program, r);
    for (const Message& a : program.messages) {
      for (const Message& b : program.messages) {
        if (a.batch != b.batch) continue;
        for (const std::size_t end : {op(b.from, b.send_op), op(b.to, b.recv_op)}) {
          edge(posted(op(a.from, a.send_op)), started(end));
          if (program.p2p == P2pMode::batched) edge(posted(op(a.to, a.recv_op)), started(end));
        }
      }
      // Both ends cover the same interval.
      edge(started(op(a.from, a.send_op)), ended(op(a.to, a.recv_op)));
      edge(started(op(a.to, a.recv_op)), ended(op(a.from, a.send_op)));
      same_end_.emplace_back(op(a.from, a.send_op), op(a.to, a.recv_op));
    }
    for (const auto& [send, recv] : same_end_) {
      const auto behind_send = next_[ended(send)], behind_recv = next_[ended(recv)];
      for (const std::size_t n : behind_send) edge(ended(recv), n);
      for (const std::size_t n : behind_recv) edge(ended(send), n);
    }
    close();
  }

  bool operator()(int rank_a, std::uint32_t a, int rank_b, std::uint32_t b) const {
    const std::size_t from = ended(op(rank_a, a)), to = started(op(rank_b, b));
    return reach_[from * words_ + to / 64] >> (to % 64) & 1;
  }

 private:
  std::size_t op(int rank, std::uint32_t i) const { return first_[static_cast<std::size_t>(rank)] + i; }
  std::size_t posted(std::size_t n) const { return 3 * n; }
  std::size_t started(std::size_t n) const { return 3 * n + 1; }
  std::size_t ended(std::size_t n) const { return 3 * n + 2; }
  void edge(std::size_t from, std::size_t to) { next_[from].push_back(to); }

  void add_rank(const Program& program, std::size_t r) {
    const RankProgram& rank = program.ranks[r];
    std::array<std::size_t, kLanes> last;
    last.fill(count_);
    for (std::uint32_t i = 0; i < rank.ops.size(); ++i) {
      const std::size_t n = op(static_cast<int>(r), i);
      for (const std::uint32_t dep : rank.deps_of(rank.ops[i])) edge(ended(op(static_cast<int>(r), dep)), posted(n));
      edge(started(n), ended(n));
      if (rank.ops[i].message != kNoMessage) continue;
      edge(posted(n), started(n));
      std::size_t& before = last[static_cast<std::size_t>(rank.ops[i].lane)];
      if (before != count_) edge(ended(before), started(n));
      before = n;
    }
  }

  void close() {
    words_ = (next_.size() + 63) / 64;
    reach_.assign(next_.size() * words_, 0);
    std::vector<int> state(next_.size(), 0);
    for (std::size_t n = 0; n < next_.size(); ++n) visit(n, state);
  }

  void visit(std::size_t n, std::vector<int>& state) {
    std::vector<std::size_t> stack{n};
    while (!stack.empty()) {
      const std::size_t top = stack.back();
      if (state[top] == 0) {
        state[top] = 1;
        for (const std::size_t s : next_[top]) {
          if (state[s] == 0) stack.push_back(s);
        }
        continue;
      }
      stack.pop_back();
      if (state[top] == 2) continue;
      state[top] = 2;
      for (const std::size_t s : next_[top]) {
        reach_[top * words_ + s / 64] |= std::uint64_t{1} << (s % 64);
        for (std::size_t w = 0; w < words_; ++w) reach_[top * words_ + w] |= reach_[s * words_ + w];
      }
    }
  }

  std::size_t count_ = 0, words_ = 0;
  std::vector<std::size_t> first_;
  std::vector<std::vector<std::size_t>> next_;
  std::vector<std::pair<std::size_t, std::size_t>> same_end_;
  std::vector<std::uint64_t> reach_;
};

}  // namespace braid::testing
