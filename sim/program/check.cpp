// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/program/program.hpp"

namespace braid {
namespace {

std::string at(std::size_t rank, std::size_t op) { return fmt::format("program:rank {}:op {}", rank, op); }

bool indices_hold(const Program& program, std::vector<Issue>& issues) {
  const std::size_t before = issues.size();
  if (program.placement.pp != static_cast<int>(program.ranks.size())) {
    issues.push_back({"program", fmt::format("the placement has pp = {}, the program {} ranks", program.placement.pp,
                                             program.ranks.size())});
  }
  for (std::size_t r = 0; r < program.ranks.size(); ++r) {
    const RankProgram& rank = program.ranks[r];
    for (std::size_t i = 0; i < rank.ops.size(); ++i) {
      const Op& op = rank.ops[i];
      if (op.work >= program.works.size()) {
        issues.push_back({at(r, i), "names a work that does not exist"});
        continue;
      }
      if (std::size_t{op.dep_begin} + op.dep_count > rank.deps.size()) {
        issues.push_back({at(r, i), "its dependences lie outside the table"});
        continue;
      }
      for (const std::uint32_t dep : rank.deps_of(op)) {
        if (dep >= i) issues.push_back({at(r, i), fmt::format("depends on op {}, which is not before it", dep)});
      }
      const bool end_of_message = op.key.kind == OpKind::send || op.key.kind == OpKind::recv;
      // At a fixed cost an end may stand for a message whose other end is not played.
      const bool alone = op.message == kNoMessage && program.works[op.work].kind == WorkKind::fixed;
      if (end_of_message && alone) continue;
      if (end_of_message != (op.message != kNoMessage) || (end_of_message && op.message >= program.messages.size())) {
        issues.push_back({at(r, i), "a send or recv, and nothing else, names a message that exists"});
      }
    }
  }
  return issues.size() == before;
}

bool messages_match(const Program& program, std::vector<Issue>& issues) {
  const std::size_t before = issues.size();
  std::vector<std::uint32_t> posted(program.batch_size.size(), 0);
  for (std::size_t i = 0; i < program.messages.size(); ++i) {
    const Message& m = program.messages[i];
    const std::string where = fmt::format("program:message {}", i);
    const auto is_end = [&](int rank, std::uint32_t op, OpKind kind) {
      if (rank < 0 || rank >= static_cast<int>(program.ranks.size())) return false;
      const auto& ops = program.ranks[static_cast<std::size_t>(rank)].ops;
      return op < ops.size() && ops[op].key.kind == kind && ops[op].message == i;
    };
    if (!is_end(m.from, m.send_op, OpKind::send)) issues.push_back({where, "its send op is not the sender's"});
    if (!is_end(m.to, m.recv_op, OpKind::recv)) issues.push_back({where, "its recv op is not the receiver's"});
    if (m.from == m.to) issues.push_back({where, "goes from a rank to itself"});
    if (m.batch >= posted.size()) {
      issues.push_back({where, "names a batch that does not exist"});
      continue;
    }
    posted[m.batch] += program.p2p == P2pMode::batched ? 2 : 1;
  }
  for (std::size_t b = 0; b < posted.size(); ++b) {
    if (posted[b] != program.batch_size[b]) {
      issues.push_back({fmt::format("program:batch {}", b),
                        fmt::format("waits for {} posted ops, {} belong to it", program.batch_size[b], posted[b])});
    }
  }
  return issues.size() == before;
}

/// Runs every op as soon as it can, without times; what never runs waits in a circle.
class Progress {
 public:
  explicit Progress(const Program& program) : program_(program), waiting_(program.batch_size) {
    for (const RankProgram& rank : program.ranks) {
      done_.emplace_back(rank.ops.size(), false);
      ranks_.push_back({});
      for (std::uint32_t i = 0; i < rank.ops.size(); ++i) {
        ranks_.back().lane[static_cast<std::size_t>(rank.ops[i].lane)].push_back(i);
      }
      posted_.emplace_back(rank.ops.size(), false);
    }
    messages_of_.resize(program.batch_size.size());
    for (std::uint32_t i = 0; i < program.messages.size(); ++i) messages_of_[program.messages[i].batch].push_back(i);
  }

  void run() {
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t r = 0; r < ranks_.size(); ++r) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          moved |= static_cast<Lane>(lane) == Lane::pp ? post(r) : advance(r, lane);
        }
      }
    }
  }

  std::vector<Issue> stuck() const {
    std::vector<Issue> issues;
    for (std::size_t r = 0; r < ranks_.size(); ++r) {
      for (std::size_t i = 0; i < done_[r].size(); ++i) {
        if (done_[r][i]) continue;
        issues.push_back(
            {at(r, i), fmt::format("{} waits in a circle: it can never run", to_text(program_.ranks[r].ops[i].key))});
        break;  // one a rank tells where to look; the rest follows from it
      }
    }
    return issues;
  }

 private:
  struct RankState {
    std::array<std::vector<std::uint32_t>, kLanes> lane;
    std::array<std::size_t, kLanes> next{};
  };

  bool ready(std::size_t rank, std::uint32_t op) const {
    const RankProgram& program = program_.ranks[rank];
    for (const std::uint32_t dep : program.deps_of(program.ops[op])) {
      if (!done_[rank][dep]) return false;
    }
    return true;
  }

  bool advance(std::size_t rank, std::size_t lane) {
    RankState& state = ranks_[rank];
    bool moved = false;
    while (state.next[lane] < state.lane[lane].size() && ready(rank, state.lane[lane][state.next[lane]])) {
      done_[rank][state.lane[lane][state.next[lane]++]] = true;
      moved = true;
    }
    return moved;
  }

  bool post(std::size_t rank) {
    RankState& state = ranks_[rank];
    const auto& ops = state.lane[static_cast<std::size_t>(Lane::pp)];
    auto& next = state.next[static_cast<std::size_t>(Lane::pp)];
    while (next < ops.size() && posted_[rank][ops[next]]) ++next;
    bool moved = false;
    for (std::size_t i = next; i < ops.size(); ++i) {
      if (posted_[rank][ops[i]] || !ready(rank, ops[i])) continue;
      posted_[rank][ops[i]] = true;
      moved = true;
      const Op& op = program_.ranks[rank].ops[ops[i]];
      if (op.message == kNoMessage) {
        done_[rank][ops[i]] = true;
        continue;
      }
      if (program_.p2p != P2pMode::batched && op.key.kind == OpKind::recv) continue;
      const std::uint32_t batch = program_.messages[op.message].batch;
      if (--waiting_[batch] > 0) continue;
      for (const std::uint32_t m : messages_of_[batch]) {
        const Message& message = program_.messages[m];
        done_[static_cast<std::size_t>(message.from)][message.send_op] = true;
        done_[static_cast<std::size_t>(message.to)][message.recv_op] = true;
      }
    }
    return moved;
  }

  const Program& program_;
  std::vector<std::uint32_t> waiting_;
  std::vector<std::vector<std::uint32_t>> messages_of_;
  std::vector<std::vector<bool>> done_, posted_;
  std::vector<RankState> ranks_;
};

}  // namespace

std::vector<Issue> check(const Program& program) {
  std::vector<Issue> issues;
  if (!indices_hold(program, issues) || !messages_match(program, issues)) return issues;
  Progress progress(program);
  progress.run();
  return progress.stuck();
}

}  // namespace braid
