// SPDX-License-Identifier: Apache-2.0
// What the ops of a replay (validate/runner/replay.hpp) are on a GPU.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/cost/costs.hpp"
#include "sim/program/program.hpp"

namespace braid::gpu {

enum class ReplayRole : std::uint8_t {
  kernels,    ///< an op of the rank itself
  hold,       ///< a collective or message: SMs held for its time
  peer_wait,  ///< until an absent peer does its part
};
ReplayRole role_of(const Program& program, const Op& op);

/// An absent peer's part: an instant, counted from the release of the step.
struct PeerWait {
  std::uint32_t op = 0;
  double start_s = 0, due_s = 0;
  std::optional<std::uint32_t> after{};  ///< the one before it in the chain, by its place in the list
};
/// In program order. They are a chain, each from the end of the one before it; as instants, launch gaps do not add up.
std::vector<PeerWait> peer_waits(const Program& program, const Costs& costs);

}  // namespace braid::gpu
