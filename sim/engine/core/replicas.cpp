// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/core/replicas.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "sim/base/error.hpp"
#include "sim/cost/fabric.hpp"
#include "sim/cost/network_load.hpp"
#include "sim/engine/core/symmetry.hpp"

namespace braid {
namespace {

void check_fit(const Program& program, const Cluster& cluster, const EngineOptions& options) {
  const Placement& placement = program.placement;
  BRAID_CHECK(program.ranks.size() == static_cast<std::size_t>(placement.pp),
              "a program has one entry a pipeline rank");
  if (placement.ranks() > cluster.gpus()) {
    throw Error("plan", "tp * pp * dp = " + std::to_string(placement.ranks()) + " ranks do not fit on the " +
                            std::to_string(cluster.gpus()) + " GPUs of the cluster");
  }
  if (!options.slowdown.empty() && options.slowdown.size() != static_cast<std::size_t>(placement.ranks())) {
    throw Error("engine.slowdown", "names " + std::to_string(options.slowdown.size()) + " ranks, the plan has " +
                                       std::to_string(placement.ranks()) + ": give one factor a global rank");
  }
  for (double factor : options.slowdown) {
    if (!(factor > 0) || !std::isfinite(factor)) throw Error("engine.slowdown", "must be positive and finite");
  }
  if (!(options.jitter >= 0) || !std::isfinite(options.jitter)) {
    throw Error("engine.jitter", "must be zero or positive and finite");
  }
}

/// Every GPU is nominal, and each message takes the same kind of path in all columns.
bool all_alike(const Program& program, const Cluster& cluster, const EngineOptions& options) {
  if (std::ranges::any_of(options.slowdown, [](double factor) { return factor != 1.0; })) return false;
  const Replicas all = Replicas::all(program.placement);
  const MessagePaths paths = message_paths(program, cluster, all);
  for (std::size_t pair = 0; pair < paths.pairs.size(); ++pair) {
    const auto first = paths.kinds.begin() + static_cast<std::ptrdiff_t>(pair) * all.columns();
    if (std::any_of(first, first + all.columns(), [&](PathKind kind) { return kind != *first; })) return false;
  }
  return true;
}

}  // namespace

Replicas Replicas::one(const Placement& placement) {
  return by_colour(placement, std::vector<int>(static_cast<std::size_t>(placement.tp * placement.dp), 0));
}

Replicas Replicas::all(const Placement& placement) {
  std::vector<int> colour(static_cast<std::size_t>(placement.tp * placement.dp));
  std::iota(colour.begin(), colour.end(), 0);
  return by_colour(placement, colour);
}

Replicas Replicas::by_colour(const Placement& placement, const std::vector<int>& colour) {
  Replicas replicas{.placement = placement, .played = {}, .stands_in = colour};
  for (std::size_t column = 0; column < colour.size(); ++column) {
    if (colour[column] == replicas.columns()) replicas.played.push_back(static_cast<int>(column));
  }
  return replicas;
}

bool may_fold(const Program& program, const Cluster& cluster, const EngineOptions& options) {
  check_fit(program, cluster, options);
  return options.fold && options.jitter == 0;
}

Replicas replicas_to_play(const Program& program, const Cluster& cluster, const EngineOptions& options) {
  if (!may_fold(program, cluster, options)) return Replicas::all(program.placement);
  if (all_alike(program, cluster, options)) return Replicas::one(program.placement);
  if (!options.durations.empty()) return Replicas::all(program.placement);
  const Fabric fabric(cluster);
  const NetworkLoad load = network_load(program, fabric);
  const std::vector<bool> no_flows(load.transfers.size(), false);
  return Replicas::by_colour(program.placement,
                             find_symmetry(load, fabric, program.placement, no_flows, options.slowdown).column);
}

Replicas one_or_all(const Program& program, const Cluster& cluster, const EngineOptions& options) {
  const bool one = may_fold(program, cluster, options) && all_alike(program, cluster, options);
  return one ? Replicas::one(program.placement) : Replicas::all(program.placement);
}

MessagePaths message_paths(const Program& program, const Cluster& cluster, const Replicas& replicas) {
  MessagePaths paths{.pairs = message_pairs(program), .pair_of = {}, .kinds = {}};
  const auto ends = [](const auto& pair) { return std::pair(pair.from, pair.to); };
  paths.pair_of.reserve(program.messages.size());
  for (const Message& message : program.messages) {
    const auto found = std::ranges::lower_bound(paths.pairs, ends(message), {}, ends);
    paths.pair_of.push_back(static_cast<std::uint32_t>(found - paths.pairs.begin()));
  }
  const Fabric fabric(cluster);
  for (const MessagePair& pair : paths.pairs) {
    for (int column = 0; column < replicas.columns(); ++column) {
      paths.kinds.push_back(fabric.path_kind(replicas.gpu(pair.from, column), replicas.gpu(pair.to, column)));
    }
  }
  return paths;
}

}  // namespace braid
