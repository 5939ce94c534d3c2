// SPDX-License-Identifier: Apache-2.0
// Which GPUs a play follows one by one: all tp * dp copies of every pipeline rank, one that stands for them, or one of
// each kind.
//
// A column is one copy of the pipeline: the ranks with the same (tp, dp). An instance is a pipeline rank in a column
// that is played; instances are numbered pipeline rank first, then column.
#pragma once

#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/engine/core/simulate.hpp"
#include "sim/program/message_pairs.hpp"
#include "sim/program/program.hpp"

namespace braid {

struct Replicas {
  Placement placement;
  std::vector<int> played;     ///< columns of the placement (dp * tp + tp rank), ascending
  std::vector<int> stands_in;  ///< by column of the placement: which of `played` is played for it

  /// One column for all.
  static Replicas one(const Placement& placement);
  /// Every column for itself.
  static Replicas all(const Placement& placement);
  /// The first column of each colour for all of its colour; colours are numbered in order of appearance.
  static Replicas by_colour(const Placement& placement, const std::vector<int>& colour);

  bool folded() const { return played.size() == 1; }
  int columns() const { return static_cast<int>(played.size()); }
  int instances() const { return placement.pp * columns(); }
  int instance(int pp, int column) const { return pp * columns() + column; }
  int gpu(int pp, int column) const { return gpu_of(pp, played[static_cast<std::size_t>(column)]); }
  /// The rank that a timeline gives it: pipeline ranks if folded, else GPUs.
  int rank(int pp, int column) const { return folded() ? pp : gpu(pp, column); }
  int pp_of(int instance) const { return instance / columns(); }
  int column_of(int instance) const { return instance % columns(); }
  /// Of a column of the placement.
  int gpu_of(int pp, int placed) const { return placement.gpu(placed % placement.tp, pp, placed / placement.tp); }
  /// Which transfer of a scope a column of the placement takes part in: its dp rank (tp) or its tp rank (dp).
  int group_of(Scope scope, int placed) const {
    return scope == Scope::tp ? placed / placement.tp : placed % placement.tp;
  }
};

/// Whether columns may stand for one another at all: the options allow it and no GPU is left to chance.
/// Throws Error if the placement needs more GPUs than the cluster has or `slowdown` names too few or absurd ones.
bool may_fold(const Program& program, const Cluster& cluster, const EngineOptions& options);

/// On an ideal network: columns stand for one another whose GPUs are as fast, whose messages take the same kinds of
/// path, and whose collectives are with such columns. Throws as may_fold().
Replicas replicas_to_play(const Program& program, const Cluster& cluster, const EngineOptions& options);

/// The same, but one column for all or every column for itself: what EngineOptions::durations are given for.
Replicas one_or_all(const Program& program, const Cluster& cluster, const EngineOptions& options);

/// The pairs, and the kind of path between their GPUs in each column.
struct MessagePaths {
  std::vector<MessagePair> pairs;      ///< by (from, to)
  std::vector<std::uint32_t> pair_of;  ///< by message
  std::vector<PathKind> kinds;         ///< [pair * columns + column]
};
MessagePaths message_paths(const Program& program, const Cluster& cluster, const Replicas& replicas);

}  // namespace braid
