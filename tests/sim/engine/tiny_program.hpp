// SPDX-License-Identifier: Apache-2.0
// Programs of a few ops with costs in plain seconds, so that a test can work out by hand what the engine must do.
#pragma once

#include <initializer_list>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/program.hpp"

namespace braid {

struct TinyProgram {
  Program program;
  Costs costs;

  explicit TinyProgram(Placement placement, P2pMode p2p = P2pMode::eager);

  // Works; each returns its index.
  std::uint16_t compute(double seconds);
  std::uint16_t collective(Scope scope, double latency, double transfer);
  std::uint16_t message(double latency, double transfer);  ///< the same on every kind of path
  void stretch(std::uint16_t compute_work, std::uint16_t communication_work, double by);

  using Deps = std::initializer_list<std::uint32_t>;
  /// Appends an op to a rank; returns its index there.
  std::uint32_t op(int rank, Lane lane, std::uint16_t work, Deps deps = {});
  struct Ends {
    std::uint32_t send, recv;
  };
  /// Appends both ends of a message, in a batch of its own or in `batch`, which an earlier message made.
  Ends send(int from, int to, std::uint16_t work, Deps send_deps = {}, Deps recv_deps = {}, int batch = -1);
  /// Makes two ops of lane pp the ends of a message.
  void connect(int from, int to, Ends ends, int batch = -1);

 private:
  std::uint16_t add_work(WorkItem item);
};

/// Nodes of `gpus_per_node` GPUs behind NVSwitch, a NIC for each, one leaf; 1 B/s everywhere.
Cluster tiny_cluster(int nodes, int gpus_per_node);

/// The span of op `index` of the program on a rank of the timeline (ops are unique by lane and key.index there).
const Span& span_of(const Timeline& timeline, int rank, Lane lane, std::uint32_t index);

/// Every start, end and stretch, in order, and the ranks: equal bytes mean equal plays.
std::vector<double> all_times(const Timeline& timeline);

}  // namespace braid
