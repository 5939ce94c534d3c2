// SPDX-License-Identifier: Apache-2.0
#include "validate/runner/issue_plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>

#include "validate/runner/step_graph.hpp"

namespace braid {
namespace {

constexpr std::uint32_t kNone = 0xffffffffu;

/// Ops of a rank by the stream they go on, each stream in its own order.
struct Layout {
  std::vector<IssueStream> streams;
  std::vector<std::vector<std::uint32_t>> ops;  ///< by stream
  std::vector<std::uint32_t> stream_of;         ///< by op
  std::vector<std::uint32_t> batch_of;          ///< by op: ops with the same one are a group; kNone
};

class LayoutBuilder {
 public:
  LayoutBuilder(const Program& program, std::uint32_t rank) : program_(program), rank_(program.ranks[rank]) {
    layout_.stream_of.assign(rank_.ops.size(), kNone);
    layout_.batch_of.assign(rank_.ops.size(), kNone);
    add_stream({.lane = Lane::compute});
    std::array<std::uint32_t, kLanes> of_lane;
    of_lane.fill(kNone);
    of_lane[static_cast<std::size_t>(Lane::compute)] = 0;
    for (std::uint32_t k = 0; k < rank_.ops.size(); ++k) {
      const Op& op = rank_.ops[k];
      if (op.message != kNoMessage) continue;
      std::uint32_t& stream = of_lane[static_cast<std::size_t>(op.lane)];
      // Lane pp is not ordered: what runs there without being a message is a stream of its own as well.
      if (stream == kNone || op.lane == Lane::pp) stream = add_stream({.lane = op.lane});
      put(k, stream);
    }
  }

  void free_messages() {
    for (std::uint32_t k = 0; k < rank_.ops.size(); ++k) {
      if (rank_.ops[k].message != kNoMessage) put(k, add_stream({.lane = Lane::pp}));
    }
  }

  void messages_by_peer() {
    std::map<std::pair<std::int32_t, bool>, std::vector<std::uint32_t>> by_peer;
    for (std::uint32_t k = 0; k < rank_.ops.size(); ++k) {
      if (rank_.ops[k].message == kNoMessage) continue;
      const Message& m = message(k);
      const bool receives = rank_.ops[k].key.kind == OpKind::recv;
      by_peer[{receives ? m.from : m.to, receives}].push_back(k);
    }
    for (auto& [peer, ops] : by_peer) {
      std::ranges::sort(ops, {}, [&](std::uint32_t k) { return message(k).send_op; });
      const std::uint32_t stream = add_stream({.lane = Lane::pp, .peer = peer.first, .receives = peer.second});
      for (const std::uint32_t k : ops) put(k, stream);
    }
  }

  void messages_by_batch(const std::vector<std::uint32_t>& level) {
    std::vector<std::uint32_t> ops;
    for (std::uint32_t k = 0; k < rank_.ops.size(); ++k) {
      if (rank_.ops[k].message == kNoMessage) continue;
      layout_.batch_of[k] = message(k).batch;
      ops.push_back(k);
    }
    if (ops.empty()) return;
    std::ranges::sort(ops, {}, [&](std::uint32_t k) { return std::tuple(level[k], layout_.batch_of[k], k); });
    const std::uint32_t stream = add_stream({.lane = Lane::pp});
    for (const std::uint32_t k : ops) put(k, stream);
  }

  Layout take() { return std::move(layout_); }

 private:
  const Message& message(std::uint32_t op) const { return program_.messages[rank_.ops[op].message]; }
  std::uint32_t add_stream(IssueStream stream) {
    layout_.streams.push_back(stream);
    layout_.ops.emplace_back();
    return static_cast<std::uint32_t>(layout_.streams.size() - 1);
  }
  void put(std::uint32_t op, std::uint32_t stream) {
    layout_.ops[stream].push_back(op);
    layout_.stream_of[op] = stream;
  }

  const Program& program_;
  const RankProgram& rank_;
  Layout layout_;
};

/// The order of enqueueing: program order, but an op that another needs goes before it, and a group stays together.
class Enqueuer {
 public:
  Enqueuer(const Program& program, const RankProgram& rank, const Layout& layout)
      : program_(program), rank_(rank), layout_(layout), before_(rank.ops.size(), kNone), done_(rank.ops.size()) {
    for (const auto& ops : layout.ops) {
      for (std::size_t i = 1; i < ops.size(); ++i) before_[ops[i]] = ops[i - 1];
    }
    for (std::uint32_t k = 0; k < rank.ops.size(); ++k) {
      if (layout.batch_of[k] != kNone) groups_[layout.batch_of[k]].push_back(k);
    }
  }

  std::vector<std::uint32_t> order() {
    for (std::uint32_t k = 0; k < rank_.ops.size(); ++k) visit(k);
    return std::move(order_);
  }

  std::span<const std::uint32_t> deps(std::uint32_t op) const {
    return waits_for_its_own(program_, rank_.ops[op]) ? rank_.deps_of(rank_.ops[op]) : std::span<const std::uint32_t>();
  }

 private:
  void visit(std::uint32_t first) {
    if (done_[first]) return;
    const std::vector<std::uint32_t> alone{first};
    const bool grouped = layout_.batch_of[first] != kNone;
    const std::vector<std::uint32_t>& together = grouped ? groups_[layout_.batch_of[first]] : alone;
    for (const std::uint32_t k : together) done_[k] = true;
    for (const std::uint32_t k : together) {
      if (before_[k] != kNone) visit(before_[k]);
      for (const std::uint32_t dep : deps(k)) visit(dep);
    }
    order_.insert(order_.end(), together.begin(), together.end());
  }

  const Program& program_;
  const RankProgram& rank_;
  const Layout& layout_;
  std::vector<std::uint32_t> before_;  ///< by op: the one ahead of it on its stream
  std::vector<bool> done_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> groups_;
  std::vector<std::uint32_t> order_;
};

/// Leaves out waits that are implied. `known[s]` of a stream says how many ops of the ordered stream s have ended for
/// certain when its next op starts. Streams of one op are no sources here: only the same wait twice is left out.
class WaitPruner {
 public:
  explicit WaitPruner(const Layout& layout) : layout_(layout), place_(layout.stream_of.size()) {
    for (std::uint32_t s = 0; s < layout.ops.size(); ++s) {
      for (std::uint32_t i = 0; i < layout.ops[s].size(); ++i) place_[layout.ops[s][i]] = i + 1;
      if (layout.ops[s].size() > 1) sources_.emplace(s, static_cast<std::uint32_t>(sources_.size()));
    }
    known_.assign(layout.ops.size(), std::vector<std::uint32_t>(sources_.size(), 0));
    waited_.resize(layout.ops.size());
    after_.resize(layout.stream_of.size());
  }

  /// The waits of ops that start together, all on one stream; ops must come in the order of enqueueing.
  std::vector<std::uint32_t> waits(const std::vector<std::uint32_t>& together, std::vector<std::uint32_t> deps) {
    const std::uint32_t stream = layout_.stream_of[together.front()];
    std::vector<std::uint32_t>& known = known_[stream];
    // Latest first on each stream: it implies those ahead of it.
    std::ranges::sort(deps, [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(layout_.stream_of[a], place_[b]) < std::pair(layout_.stream_of[b], place_[a]);
    });
    std::vector<std::uint32_t> kept;
    for (const std::uint32_t dep : deps) {
      const std::uint32_t from = layout_.stream_of[dep];
      if (from == stream) continue;
      const auto source = sources_.find(from);
      const bool implied =
          source != sources_.end() ? known[source->second] >= place_[dep] : !waited_[stream].insert(dep).second;
      if (implied) continue;
      BRAID_CHECK(after_[dep].size() == known.size(), "what an op waits for is enqueued before it");
      kept.push_back(dep);
      for (std::size_t i = 0; i < known.size(); ++i) known[i] = std::max(known[i], after_[dep][i]);
    }
    const auto own = sources_.find(stream);
    if (own != sources_.end()) known[own->second] = place_[together.back()];
    for (const std::uint32_t op : together) after_[op] = known;
    return kept;
  }

 private:
  const Layout& layout_;
  std::vector<std::uint32_t> place_;                       ///< by op: 1 for the first on its stream
  std::map<std::uint32_t, std::uint32_t> sources_;         ///< stream -> column of known_
  std::vector<std::vector<std::uint32_t>> known_, after_;  ///< by stream; by op, once it has ended
  std::vector<std::set<std::uint32_t>> waited_;            ///< by stream: ops of one-op streams
};

RankIssue issue_rank(const Program& program, const RankProgram& rank, Layout layout) {
  Enqueuer enqueuer(program, rank, layout);
  const std::vector<std::uint32_t> order = enqueuer.order();
  WaitPruner pruner(layout);
  RankIssue issue;
  std::vector<std::size_t> step_of(rank.ops.size());
  std::uint32_t groups = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::vector<std::uint32_t> together, deps;
    const std::uint32_t batch = layout.batch_of[order[i]];
    do {
      together.push_back(order[i]);
      const auto own = enqueuer.deps(order[i]);
      deps.insert(deps.end(), own.begin(), own.end());
    } while (++i < order.size() && batch != kNone && layout.batch_of[order[i]] == batch);
    const std::uint32_t group = batch == kNone ? 0 : ++groups;
    for (const std::uint32_t op : together) {
      step_of[op] = issue.steps.size();
      issue.steps.push_back({.op = op, .stream = layout.stream_of[op], .records = false, .group = group, .waits = {}});
    }
    issue.steps[step_of[together.front()]].waits = pruner.waits(together, std::move(deps));
    for (const std::uint32_t wait : issue.steps[step_of[together.front()]].waits)
      issue.steps[step_of[wait]].records = true;
  }
  issue.streams = std::move(layout.streams);
  return issue;
}

}  // namespace

std::vector<RankIssue> issue_plan(const Program& program, MessageStreams messages) {
  const bool by_batch = messages == MessageStreams::ordered && program.p2p == P2pMode::batched;
  std::vector<std::vector<std::uint32_t>> levels;
  if (by_batch) {
    StepGraph graph(program);
    graph.add_program();
    levels = graph.levels();
  }
  std::vector<RankIssue> plan;
  for (std::uint32_t r = 0; r < program.ranks.size(); ++r) {
    LayoutBuilder builder(program, r);
    if (messages == MessageStreams::free) {
      builder.free_messages();
    } else if (by_batch) {
      builder.messages_by_batch(levels[r]);
    } else {
      builder.messages_by_peer();
    }
    plan.push_back(issue_rank(program, program.ranks[r], builder.take()));
  }
  return plan;
}

}  // namespace braid
