// SPDX-License-Identifier: Apache-2.0
// A Program played on the ideal network in one column that stands for all of them, even where their messages take
// different paths: then on the slowest of these.
#pragma once

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/memory/played.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

/// A program with its timeline, joined already. Spans are in the order of the program on every lane, on pp too.
struct FoldedPlay {
  Timeline timeline;
  Played played;  ///< borrows the timeline, and the program that was played

  FoldedPlay() = default;
  FoldedPlay(const FoldedPlay&) = delete;
  FoldedPlay& operator=(const FoldedPlay&) = delete;
};

/// The times are those of simulate_ideal() where that folds. Throws Error if the placement needs more GPUs than the
/// cluster has.
void play_folded(const Program& program, const Costs& costs, const Cluster& cluster, FoldedPlay& play);

}  // namespace braid
