// SPDX-License-Identifier: Apache-2.0
// Which GPUs a play follows one by one: all tp * dp copies of every pipeline rank, or one that stands for them.
//
// A column is one copy of the pipeline: the ranks with the same (tp, dp). An instance is a pipeline rank in a column;
// instances are numbered pipeline rank first, then dp, then tp.
#pragma once

#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/message_pairs.hpp"
#include "sim/program/program.hpp"

namespace braid {

struct Replicas {
  Placement placement;
  bool folded = true;

  int tp() const { return folded ? 1 : placement.tp; }
  int dp() const { return folded ? 1 : placement.dp; }
  int columns() const { return tp() * dp(); }
  int instances() const { return placement.pp * columns(); }
  int instance(int pp, int column) const { return pp * columns() + column; }
  int gpu(int pp, int column) const { return placement.gpu(column % tp(), pp, column / tp()); }
  int pp_of(int instance) const { return instance / columns(); }
  int column_of(int instance) const { return instance % columns(); }
};

/// Folds if the options allow it, every GPU is nominal, and each message takes the same kind of path in all columns.
/// Throws Error if the placement needs more GPUs than the cluster has or `slowdown` names too few or absurd ones.
Replicas replicas_to_play(const Program& program, const Cluster& cluster, const EngineOptions& options);

/// The pairs, and the kind of path between their GPUs in each column.
struct MessagePaths {
  std::vector<MessagePair> pairs;      ///< by (from, to)
  std::vector<std::uint32_t> pair_of;  ///< by message
  std::vector<PathKind> kinds;         ///< [pair * columns + column]
};
MessagePaths message_paths(const Program& program, const Cluster& cluster, const Replicas& replicas);

}  // namespace braid
