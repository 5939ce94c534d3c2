// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/engine/tiny_program.hpp"

#include "sim/base/error.hpp"

namespace braid {

TinyProgram::TinyProgram(Placement placement, P2pMode p2p) {
  program.schedule = "tiny";
  program.placement = placement;
  program.p2p = p2p;
  program.ranks.resize(static_cast<std::size_t>(placement.pp));
}

std::uint16_t TinyProgram::add_work(WorkItem item) {
  program.works.push_back(std::move(item));
  costs.duration.emplace_back();
  costs.collective.emplace_back();
  costs.message.emplace_back();
  for (auto& row : costs.stretch) row.push_back(0);
  costs.stretch.emplace_back(program.works.size(), 0.0);
  return static_cast<std::uint16_t>(program.works.size() - 1);
}

std::uint16_t TinyProgram::compute(double seconds) {
  const std::uint16_t work = add_work({});
  costs.duration.back() = Seconds(seconds);
  return work;
}

std::uint16_t TinyProgram::collective(Scope scope, double latency, double transfer) {
  WorkItem item;
  item.kind = WorkKind::collective;
  item.scope = scope;
  const std::uint16_t work = add_work(item);
  costs.collective.back() = {.latency = Seconds(latency), .transfer = Seconds(transfer)};
  return work;
}

std::uint16_t TinyProgram::message(double latency, double transfer) {
  WorkItem item;
  item.kind = WorkKind::message;
  const std::uint16_t work = add_work(item);
  costs.message.back().fill({.latency = Seconds(latency), .transfer = Seconds(transfer)});
  return work;
}

void TinyProgram::stretch(std::uint16_t compute_work, std::uint16_t communication_work, double by) {
  costs.stretch[compute_work][communication_work] = by;
}

std::uint32_t TinyProgram::op(int rank, Lane lane, std::uint16_t work, Deps deps) {
  RankProgram& ranks_program = program.ranks[static_cast<std::size_t>(rank)];
  const auto index = static_cast<std::uint32_t>(ranks_program.ops.size());
  Op op;
  op.key.rank = rank;
  op.key.index = static_cast<std::int32_t>(index);
  op.lane = lane;
  op.work = work;
  op.dep_begin = static_cast<std::uint32_t>(ranks_program.deps.size());
  op.dep_count = static_cast<std::uint16_t>(deps.size());
  if (program.works[work].kind == WorkKind::collective) op.key.kind = program.works[work].collective;
  ranks_program.deps.insert(ranks_program.deps.end(), deps);
  ranks_program.ops.push_back(op);
  return index;
}

TinyProgram::Ends TinyProgram::send(int from, int to, std::uint16_t work, Deps send_deps, Deps recv_deps, int batch) {
  const Ends ends{.send = op(from, Lane::pp, work, send_deps), .recv = op(to, Lane::pp, work, recv_deps)};
  connect(from, to, ends, batch);
  return ends;
}

void TinyProgram::connect(int from, int to, Ends ends, int batch) {
  const auto message = static_cast<std::uint32_t>(program.messages.size());
  Op& send_op = program.ranks[static_cast<std::size_t>(from)].ops[ends.send];
  Op& recv_op = program.ranks[static_cast<std::size_t>(to)].ops[ends.recv];
  send_op.message = recv_op.message = message;
  send_op.key.kind = OpKind::send;
  recv_op.key.kind = OpKind::recv;
  if (batch < 0) {
    batch = static_cast<int>(program.batch_size.size());
    program.batch_size.push_back(0);
  }
  program.batch_size[static_cast<std::size_t>(batch)] += program.p2p == P2pMode::eager ? 1 : 2;
  program.messages.push_back(
      {.from = from, .to = to, .send_op = ends.send, .recv_op = ends.recv, .batch = static_cast<std::uint32_t>(batch)});
}

Cluster tiny_cluster(int nodes, int gpus_per_node) {
  Cluster cluster;
  cluster.nodes = nodes;
  cluster.gpus_per_node = gpus_per_node;
  cluster.nics_per_node = gpus_per_node;
  cluster.intra_bandwidth = 1_Bps;
  cluster.nic_bandwidth = 1_Bps;
  return cluster;
}

const Span& span_of(const Timeline& timeline, int rank, Lane lane, std::uint32_t index) {
  for (const RankTimeline& one : timeline.ranks) {
    if (one.rank != rank) continue;
    for (const Span& span : one.lanes[static_cast<std::size_t>(lane)]) {
      if (span.key.index == static_cast<std::int32_t>(index)) return span;
    }
  }
  throw Error("test", "no such span");
}

std::vector<double> all_times(const Timeline& timeline) {
  std::vector<double> times;
  for (const RankTimeline& rank : timeline.ranks) {
    times.push_back(rank.rank);
    for (const auto& lane : rank.lanes) {
      for (const Span& span : lane) {
        times.insert(times.end(), {span.start.value, span.end.value, span.stretch.value});
      }
    }
  }
  return times;
}

}  // namespace braid
