// SPDX-License-Identifier: Apache-2.0
// Plays a Program: lanes, dependences, contention inside a GPU, and transfers between GPUs.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/hardware.hpp"
#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"
#include "sim/timeline/timeline.hpp"

namespace braid {

struct EngineOptions {
  bool fold = true;         ///< play one column of each kind for all of it; off plays all tp * pp * dp
  bool closed_form = true;  ///< transfers whose links nothing else can use take alpha + beta; off: all become flows
  std::uint64_t seed = 0;
  double jitter = 0;               ///< relative standard deviation of compute times; not 0 unfolds
  std::vector<double> slowdown{};  ///< per global rank, 1 = nominal; stragglers, mixed GPUs
  /// How long ops really took, in place of what Costs say: [rank][op], rank as one_or_all() plays them (pipeline ranks
  /// if folded, else global ranks). Such an op is neither stretched nor jittered nor slowed down. A collective
  /// takes it from the arrival of its last member (the entry of its first member counts), a message from the start of
  /// its bytes (the sender's). Negative or NaN: the op keeps its cost. Empty: all do.
  std::vector<std::vector<Seconds>> durations{};
};

/// Ideal network: every transfer alone takes its closed form, nothing is shared.
Timeline simulate_ideal(const Program& program, const Costs& costs, const Cluster& cluster,
                        const EngineOptions& options = {});

}  // namespace braid
